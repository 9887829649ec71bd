import { useMutation, useQueryClient } from "@tanstack/react-query"
import { useState, type FormEvent, type ReactNode } from "react"
import { may, type Session } from "../api.ts"
import { useI18n } from "../i18n/useI18n.ts"
import { askAgain } from "../live/askAgain.ts"
import { settings } from "../settings.ts"
import { translate } from "../i18n/translate.ts"
import { write } from "../story/useDecisions.ts"
import { Dialog } from "../ui/Dialog.tsx"
import { HostText } from "../ui/HostText.tsx"
import { toast } from "../ui/toasts.tsx"
import { endException, stateException, type Asked, type Exception, type Wish } from "./calls.ts"
import { untilText, USUAL_DAYS } from "./lasting.ts"
import { Preview } from "./Preview.tsx"
import { Reason } from "./Reason.tsx"
import { refused } from "./refused.ts"
import type { Telling } from "./telling.ts"
import { Terms } from "./Terms.tsx"
import { Until } from "./Until.tsx"
import { usePreview } from "./usePreview.ts"
import { useSearch } from "./useSearch.ts"
import { Where } from "./Where.tsx"

/** What the form begins with: ticks where it comes from an alert, a search where it comes from an older exception. */
export interface Start {
  rule: string
  title: string
  terms: Telling[]
  query: string
  host: { id: string; name: string } | null
  site: string
  why: string
}

interface Props {
  title: string
  start: Start
  session: Session
  /** While it is not known at which site the host stands nothing is tried. */
  placed: boolean
  /** What else is asked, knowing of how many open alerts it would have held back. */
  also?(open: number): ReactNode
  onStated(why: string, made: Exception): void
  onClose(): void
}

/** States an exception: what harmless events have, where, until when, why; what that would have held back is shown before. */
export function ExceptionForm({ title, start, session, placed, also, onStated, onClose }: Props) {
  const i18n = useI18n()
  const { t } = i18n
  const search = useSearch(start)
  const [days, setDays] = useState<number | null>(USUAL_DAYS)
  const [why, setWhy] = useState(start.why)
  const [force, setForce] = useState(false)
  const [missing, setMissing] = useState(false)
  const { asked } = search
  const empty = search.query.trim() === ""
  const preview = usePreview(placed && !empty ? asked : null)
  const { data, isError } = preview.query
  const odd = data !== undefined && (data.wide || data.alerts.contested > 0)
  const ready = preview.fresh && !isError && data?.same === null && (!odd || force)
  const mayInsist = may(session, "rules.manage")
  const making = useStating((reason, made) => {
    onStated(reason, made)
    onClose()
  })
  const submit = (event?: FormEvent) => {
    event?.preventDefault()
    setMissing(true)
    if (empty || why.trim() === "" || !ready || making.isPending) return
    making.mutate({ asked, wish: { why: why.trim(), valid_days: days, force: odd && force } })
  }
  return (
    <Dialog title={title} shape="drawer" onClose={onClose}>
      <form className="form exception-form" onSubmit={submit}>
        <p>
          {t("exc_of_rule")}{" "}
          <b>
            <HostText text={start.title || start.rule} />
          </b>
        </p>
        <Terms
          terms={start.terms}
          ticked={search.ticked}
          hand={search.hand}
          query={search.query}
          missing={missing && empty}
          onTick={search.tick}
          onWrite={search.write}
        />
        {start.host && start.terms.length === 0 && <p className="muted">{t("exc_terms_none")}</p>}
        <Where host={start.host?.name ?? ""} site={start.site} chosen={search.place} onChange={search.setPlace} />
        {!empty && <Preview preview={preview} />}
        {odd && mayInsist && (
          <label className="check">
            <input type="checkbox" checked={force} onChange={(event) => setForce(event.target.checked)} />
            {t("exc_force")}
          </label>
        )}
        {odd && !mayInsist && <p className="warning">{t("try_may_not")}</p>}
        <Until days={days} onChange={setDays} mayEver={mayInsist} />
        <Reason label="exc_why" value={why} missing={missing && why.trim() === ""} onChange={setWhy} onSubmit={submit} />
        {also?.(preview.fresh && data ? data.alerts.open : 0)}
        <p className="form-error" role="alert">
          {making.error && t("exc_not_stated", { reason: refused(making.error, i18n) })}
        </p>
        <div className="form-actions">
          <button type="button" className="button" onClick={onClose}>
            {t("cancel")}
          </button>
          <button
            type="submit"
            className="button primary"
            disabled={making.isPending || (!empty && !ready)}
          >
            {t("exc_submit")}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

/** Puts it in force and says so, with the way back. */
function useStating(onDone: (why: string, made: Exception) => void) {
  const client = useQueryClient()
  const refresh = () => askAgain(client, { queryKey: ["exceptions"] })
  const undo = async (made: Exception) => {
    const why = translate(settings().lang, "exc_undone")
    await write(() => endException(made.id, why), (say) => say.t("exc_did_end", { id: made.id }))
    await refresh()
  }
  return useMutation({
    mutationFn: ({ asked, wish }: { asked: Asked; wish: Wish }) => stateException(asked, wish),
    onSuccess: (made, { wish }) => {
      toast({
        kind: "saved",
        text: (say) => say.t("exc_stated", { id: made.id, until: untilText(made.expires, say) }),
        action: { label: (say) => say.t("undo"), run: () => void undo(made) },
      })
      onDone(wish.why, made)
      void refresh()
    },
  })
}
