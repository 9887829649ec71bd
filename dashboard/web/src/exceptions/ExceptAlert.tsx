import { useQuery, useQueryClient } from "@tanstack/react-query"
import { useState } from "react"
import { host, may, type AlertDetail, type Session, type Verdict } from "../api.ts"
import { useI18n } from "../i18n/useI18n.ts"
import { close } from "../queue/useClosing.ts"
import { titleOf } from "../text/wording.ts"
import { closeFitting, type Exception } from "./calls.ts"
import { ExceptionForm } from "./ExceptionForm.tsx"
import { tellingOf } from "./telling.ts"

const KINDS: readonly Verdict[] = ["false_positive", "accepted_tool", "authorised_test", "benign"]

interface Props {
  detail: AlertDetail
  session: Session
  /** What was said before it was asked for. */
  verdict?: Verdict | undefined
  why?: string | undefined
  onClose(): void
  /** The reader wants the alert closed too. */
  onDecided(verdict: Verdict, why: string): void
}

/** An exception made of an alert: its rule, and what its events have. */
export default function ExceptAlert({ detail, session, verdict, why = "", onClose, onDecided }: Props) {
  const { t, word, lang, format } = useI18n()
  const mayClose = may(session, "alerts.decide") && detail.status === "open"
  const client = useQueryClient()
  const [closing, setClosing] = useState(mayClose)
  const [all, setAll] = useState(false)
  const [kind, setKind] = useState(KINDS.find((each) => each === verdict) ?? "false_positive")
  const hosts = new Set(detail.events.map((event) => event.id.host))
  const [only] = hosts.size === 1 ? hosts : []
  const place = useQuery({
    queryKey: ["host", detail.host],
    queryFn: ({ signal }) => host(detail.host, signal),
    staleTime: Infinity,
    retry: false,
  })
  const start = {
    rule: detail.rule.id,
    title: titleOf(detail.rule, lang),
    terms: tellingOf(detail.events),
    query: "",
    host: only === undefined ? null : { id: only, name: detail.hostname || only },
    site: place.data?.site ?? "",
    why,
  }
  const stated = (text: string, { id }: Exception) => {
    if (closing && all) void close(client, { verdict: kind, total: 0, step: () => closeFitting(id, kind, text) })
    else if (closing) onDecided(kind, text)
  }
  const also = (open: number) => mayClose && (
    <div className="also">
      <label className="check">
        <input type="checkbox" checked={closing} onChange={(event) => setClosing(event.target.checked)} />
        {t("exc_close")}
      </label>
      <select
        aria-label={t("fp_kind")}
        value={kind}
        disabled={!closing}
        onChange={(event) => setKind(KINDS.find((each) => each === event.target.value) ?? kind)}
      >
        {KINDS.map((each) => (
          <option key={each} value={each}>
            {word("verdict", each)}
          </option>
        ))}
      </select>
      {open > 1 && (
        <label className="check">
          <input type="checkbox" checked={all} disabled={!closing} onChange={(event) => setAll(event.target.checked)} />
          {t("exc_close_all", { n: format.number(open) })}
        </label>
      )}
    </div>
  )
  return (
    <ExceptionForm
      title={t("exc_title")}
      start={start}
      session={session}
      placed={!place.isPending}
      also={also}
      onStated={stated}
      onClose={onClose}
    />
  )
}
