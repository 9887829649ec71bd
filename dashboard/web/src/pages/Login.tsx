import { useMutation } from "@tanstack/react-query"
import { useEffect, useState } from "react"
import { login, loginOnce } from "../api.ts"
import { useI18n } from "../i18n/useI18n.ts"
import { onceToken } from "../route.ts"
import { change } from "../settings.ts"
import { Icon } from "../ui/Icon.tsx"

// Taken out of the address before anything is drawn: it must not stay in the history, nor be sent twice.
let once = onceToken(location.hash)
if (once !== null) history.replaceState(null, "", location.pathname + location.search)

/** The door: name and password, or the one-time link that the terminal printed. */
export function Login({ signedIn }: { signedIn(): void }) {
  const { t, lang, reason } = useI18n()
  const [name, setName] = useState("")
  const [password, setPassword] = useState("")
  const byName = useMutation({ mutationFn: () => login(name, password), onSuccess: signedIn })
  const byLink = useMutation({ mutationFn: loginOnce, onSuccess: signedIn })
  const { mutate } = byLink
  useEffect(() => {
    if (once !== null) mutate(once)
    once = null
  }, [mutate])
  const pending = byName.isPending || byLink.isPending
  const said = byName.error ? reason(byName.error) : byLink.error ? t("once_failed") : ""
  return (
    <main className="door">
      <form
        className="card"
        onSubmit={(event) => {
          event.preventDefault()
          if (!pending) byName.mutate()
        }}
      >
        <h1>
          <Icon name="shield" /> {t("product")}
        </h1>
        <p className="muted">{t("tagline")}</p>
        <label>
          {t("name")}
          <input
            name="username"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            required
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </label>
        <label>
          {t("password")}
          <input
            name="password"
            type="password"
            autoComplete="current-password"
            required
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        </label>
        <p className="form-error" role="alert">
          {said}
        </p>
        <button type="submit" className="button primary" aria-disabled={pending}>
          {t(pending ? "signing_in" : "sign_in")}
        </button>
        <button
          type="button"
          className="link"
          lang={lang === "vi" ? "en" : "vi"}
          onClick={() => change({ lang: lang === "vi" ? "en" : "vi" })}
        >
          {t("switch_language")}
        </button>
      </form>
    </main>
  )
}
