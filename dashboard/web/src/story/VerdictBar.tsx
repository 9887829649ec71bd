import { lazy, Suspense, useState } from "react"
import { may, OURS, type AlertDetail, type Session, type Verdict } from "../api.ts"
import { useI18n } from "../i18n/useI18n.ts"
import { useKeys } from "../useKeys.ts"
import { FalsePositive } from "./FalsePositive.tsx"
import type { Head } from "./head.ts"
import { useDecisions } from "./useDecisions.ts"

const ExceptAlert = lazy(() => import("../exceptions/ExceptAlert.tsx"))

interface Props {
  head: Head
  /** Once it is known. */
  detail: AlertDetail | undefined
  session: Session
}

/** What is being asked; an exception may begin with what was said of a false positive. */
type Asking = { what: "false_positive" } | { what: "exception"; verdict?: Verdict; why?: string }

/** What one can decide, each with its key. */
export function VerdictBar({ head, detail, session }: Props) {
  const { t, word } = useI18n()
  const [asking, setAsking] = useState<Asking | null>(null)
  const decisions = useDecisions(head)
  const mayDecide = may(session, "alerts.decide")
  const mayExcept = detail !== undefined && may(session, "exceptions.manage") && !detail.rule.id.startsWith(OURS)
  const decide = (verdict: Verdict) => head.verdict !== verdict && decisions.close(verdict, "")
  const confirm = () => decide("true_positive")
  const harmless = () => decide("benign")
  const doubt = () => setAsking({ what: "false_positive" })
  const except = () => setAsking({ what: "exception" })
  useKeys({
    ...(mayDecide && { true_positive: confirm, false_positive: doubt, benign: harmless, note }),
    ...(mayExcept && { except }),
  })
  const closed = head.status === "closed"
  return (
    <div className="verdicts" role="group" aria-label={t("verdicts")}>
      {closed && (
        <span className="verdict-now" data-verdict={head.verdict}>
          {t("closed_as", { verdict: head.verdict ? word("verdict", head.verdict) : word("stage", head.stage ?? "") })}
        </span>
      )}
      {mayDecide ? (
        <>
          <Act label={t("act_true")} keyName="t" run={confirm} primary={!closed} />
          <Act label={t("act_false")} keyName="f" run={doubt} />
          <Act label={t("act_benign")} keyName="b" run={harmless} />
          <Act label={t("act_note")} keyName="n" run={note} />
          {closed && <Act label={t("act_reopen")} run={decisions.reopen} />}
        </>
      ) : (
        <span className="muted">{t("read_only")}</span>
      )}
      {mayExcept && <Act label={t("act_except")} keyName="e" run={except} />}
      {asking?.what === "false_positive" && (
        <FalsePositive
          why={detail?.why ?? []}
          onClose={() => setAsking(null)}
          onDecided={(verdict, reason) => {
            setAsking(null)
            void decisions.close(verdict, reason)
          }}
          {...(mayExcept && { onExcept: (verdict, why) => setAsking({ what: "exception", verdict, why }) })}
        />
      )}
      {asking?.what === "exception" && detail && (
        <Suspense fallback={null}>
          <ExceptAlert
            detail={detail}
            session={session}
            verdict={asking.verdict}
            why={asking.why}
            onClose={() => setAsking(null)}
            onDecided={(verdict, reason) => void decisions.close(verdict, reason)}
          />
        </Suspense>
      )}
    </div>
  )
}

const note = () => document.querySelector<HTMLElement>("[data-new-note]")?.focus()

interface ActProps {
  label: string
  keyName?: string
  primary?: boolean
  run(): unknown
}

function Act({ label, keyName, primary = false, run }: ActProps) {
  return (
    <button type="button" className={primary ? "button primary" : "button"} aria-keyshortcuts={keyName} onClick={() => run()}>
      {label} {keyName && <kbd aria-hidden="true">{keyName}</kbd>}
    </button>
  )
}
