import { useState } from "react"
import type { Condition, Verdict } from "../api.ts"
import { useI18n } from "../i18n/useI18n.ts"
import { useKeys } from "../useKeys.ts"
import { FalsePositive } from "./FalsePositive.tsx"
import type { Head } from "./head.ts"
import { useDecisions } from "./useDecisions.ts"

interface Props {
  head: Head
  why: Condition[]
  mayDecide: boolean
}

/** What one can decide, each with its key. */
export function VerdictBar({ head, why, mayDecide }: Props) {
  const { t, word } = useI18n()
  const [asking, setAsking] = useState(false)
  const decisions = useDecisions(head)
  const decide = (verdict: Verdict) => head.verdict !== verdict && decisions.close(verdict, "")
  const confirm = () => decide("true_positive")
  const harmless = () => decide("benign")
  useKeys(
    mayDecide
      ? { true_positive: confirm, false_positive: () => setAsking(true), benign: harmless, note }
      : {},
  )
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
          <Act label={t("act_false")} keyName="f" run={() => setAsking(true)} />
          <Act label={t("act_benign")} keyName="b" run={harmless} />
          <Act label={t("act_note")} keyName="n" run={note} />
          {closed && <Act label={t("act_reopen")} run={decisions.reopen} />}
        </>
      ) : (
        <span className="muted">{t("read_only")}</span>
      )}
      {asking && (
        <FalsePositive
          why={why}
          onClose={() => setAsking(false)}
          onDecided={(verdict, reason) => {
            setAsking(false)
            void decisions.close(verdict, reason)
          }}
        />
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
