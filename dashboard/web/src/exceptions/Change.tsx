import { useMutation, useQueryClient } from "@tanstack/react-query"
import { useState, type FormEvent } from "react"
import { may, type Session } from "../api.ts"
import { useI18n } from "../i18n/useI18n.ts"
import { askAgain } from "../live/askAgain.ts"
import { toast } from "../ui/toasts.tsx"
import { useNow } from "../ui/Time.tsx"
import { endException, prolongException, type Exception, type Wish } from "./calls.ts"
import { choices, untilText, USUAL_DAYS } from "./lasting.ts"
import { Reason } from "./Reason.tsx"
import { insistable, refused } from "./refused.ts"
import { Until } from "./Until.tsx"

interface Props {
  row: Exception
  what: "end" | "prolong"
  session: Session
  onDone(): void
}

/** Ends or prolongs an exception, with a reason. */
export function Change({ row, what, session, onDone }: Props) {
  const i18n = useI18n()
  const { t } = i18n
  const later = choices(useNow(), row.expires)
  const mayInsist = may(session, "rules.manage")
  const [days, setDays] = useState<number | null>(later.find((each) => each >= USUAL_DAYS) ?? later.at(-1) ?? null)
  const [why, setWhy] = useState("")
  const [force, setForce] = useState(false)
  const [missing, setMissing] = useState(false)
  const ending = what === "end"
  const change = useChange(row, ending, onDone)
  const submit = (event?: FormEvent) => {
    event?.preventDefault()
    setMissing(true)
    if (why.trim() !== "" && !change.isPending) change.mutate({ why: why.trim(), valid_days: days, force })
  }
  const name = t(ending ? "exc_end_submit" : "exc_prolong_submit")
  return (
    <form className="form card" onSubmit={submit} aria-label={name}>
      {!ending && <Until days={days} onChange={setDays} before={row.expires} mayEver={mayInsist} />}
      <Reason
        label={ending ? "exc_end_why" : "exc_prolong_why"}
        value={why}
        missing={missing && why.trim() === ""}
        onChange={setWhy}
        onSubmit={submit}
      />
      {ending && <p className="muted">{t("exc_end_hint")}</p>}
      <p className="form-error" role="alert">
        {change.error && t("failed", { reason: refused(change.error, i18n) })}
      </p>
      {insistable(change.error) && mayInsist && (
        <label className="check">
          <input type="checkbox" checked={force} onChange={(event) => setForce(event.target.checked)} />
          {t("exc_force")}
        </label>
      )}
      <div className="form-actions">
        <button type="button" className="button" onClick={onDone}>
          {t("cancel")}
        </button>
        <button type="submit" className="button primary" disabled={change.isPending}>
          {name}
        </button>
      </div>
    </form>
  )
}

function useChange(row: Exception, ending: boolean, onDone: () => void) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (wish: Wish) => (ending ? endException(row.id, wish.why) : prolongException(row.id, wish)),
    onSuccess: (made) => {
      const { id } = made
      toast({
        kind: "saved",
        text: (say) => (ending ? say.t("exc_did_end", { id }) : say.t("exc_stated", { id, until: untilText(made.expires, say) })),
      })
      onDone()
      void askAgain(client, { queryKey: ["exceptions"] })
      void askAgain(client, { queryKey: ["exception", id] })
    },
  })
}
