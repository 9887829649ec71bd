import { useQueryClient } from "@tanstack/react-query"
import { lazy, Suspense, useState, type ComponentType } from "react"
import { logout, may, type Permission, type Session } from "./api.ts"
import { useI18n } from "./i18n/useI18n.ts"
import { useLive } from "./live/useLive.ts"
import { Queue } from "./pages/Queue.tsx"
import { format, PAGES, type Page, type Route } from "./route.ts"
import { change, useSettings, type Theme } from "./settings.ts"
import { Help } from "./ui/Help.tsx"
import { Hindrances } from "./ui/Hindrances.tsx"
import { Icon } from "./ui/Icon.tsx"
import { Loading } from "./ui/States.tsx"
import { runLast, toast, Toasts } from "./ui/toasts.tsx"
import { useKeys } from "./useKeys.ts"
import { useRoute } from "./useRoute.ts"

interface Shown {
  permission: Permission
  Content: ComponentType<Omit<Route, "page"> & { session: Session }>
}

/** What stands on each page, and the permission without which nothing leads there. `nav_NAME` and the icon NAME lead to it. */
const SHOWN: Record<Page, Shown> = {
  alerts: { permission: "alerts.read", Content: Queue },
  hosts: { permission: "hosts.read", Content: lazy(() => import("./pages/Hosts.tsx")) },
  exceptions: { permission: "rules.read", Content: lazy(() => import("./pages/Exceptions.tsx")) },
}

const NEXT_THEME: Record<Theme, Theme> = { system: "light", light: "dark", dark: "system" }

/** What stands around every page: the rail with the pages, the switches, the keys' sheet, the toasts. */
export function Frame({ session }: { session: Session }) {
  const { t } = useI18n()
  const { page, ...place } = useRoute()
  const { Content } = SHOWN[page]
  const [help, setHelp] = useState(false)
  useLive()
  useKeys({ help: () => setHelp(true), undo: runLast })
  return (
    <div className="frame">
      <button type="button" className="skip" onClick={() => document.querySelector<HTMLElement>("main")?.focus()}>
        {t("skip")}
      </button>
      <nav className="rail" aria-label={t("nav")}>
        <span className="brand" title={t("product")}>
          <Icon name="shield" />
        </span>
        {PAGES.filter((each) => may(session, SHOWN[each].permission)).map((each) => (
          <a key={each} href={format({ page: each })} aria-current={each === page ? "page" : undefined}>
            <Icon name={each} />
            <span>{t(`nav_${each}`)}</span>
          </a>
        ))}
        <Switches session={session} onHelp={() => setHelp(true)} />
      </nav>
      <Hindrances />
      <Suspense fallback={<main>{<Loading />}</main>}>
        <Content {...place} session={session} />
      </Suspense>
      {help && <Help session={session} onClose={() => setHelp(false)} />}
      <Toasts />
    </div>
  )
}

const named = (label: string) => ({ "aria-label": label, title: label })

function Switches({ session, onHelp }: { session: Session; onHelp(): void }) {
  const { t, lang } = useI18n()
  const { theme } = useSettings()
  const client = useQueryClient()
  const leave = async () => {
    try {
      await logout()
      client.setQueryData(["session"], null)
      client.removeQueries({ predicate: (query) => query.queryKey[0] !== "session" })
    } catch (error) {
      toast({ kind: "failed", text: (say) => say.t("failed", { reason: say.reason(error) }) })
    }
  }
  return (
    <div className="switches">
      <button
        type="button"
        lang={lang === "vi" ? "en" : "vi"}
        {...named(`${lang === "vi" ? "EN" : "VI"} – ${t("switch_language")}`)}
        onClick={() => change({ lang: lang === "vi" ? "en" : "vi" })}
      >
        <span aria-hidden="true">{lang === "vi" ? "EN" : "VI"}</span>
      </button>
      <button type="button" {...named(t(`theme_${theme}`))} onClick={() => change({ theme: NEXT_THEME[theme] })}>
        <Icon name={theme} />
      </button>
      <button type="button" {...named(t("help"))} onClick={onHelp}>
        <Icon name="help" />
      </button>
      <button type="button" {...named(t("sign_out", { name: session.user.name }))} onClick={leave}>
        <Icon name="leave" />
      </button>
    </div>
  )
}
