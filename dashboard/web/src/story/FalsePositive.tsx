import { useId, useState } from "react"
import type { Condition, Verdict } from "../api.ts"
import { useI18n } from "../i18n/useI18n.ts"
import { matched } from "../text/reason.ts"
import { Dialog } from "../ui/Dialog.tsx"

const KINDS: readonly Verdict[] = ["false_positive", "accepted_tool", "authorised_test", "duplicate"]

interface Props {
  why: Condition[]
  onClose(): void
  onDecided(verdict: Verdict, reason: string): void
  /** Go on to an exception, for who may make one. */
  onExcept?(verdict: Verdict, reason: string): void
}

/** Asks why the alert is no attack. What held is filled in: the reader confirms a reason instead of writing one. */
export function FalsePositive({ why, onClose, onDecided, onExcept }: Props) {
  const { t, word } = useI18n()
  const hint = useId()
  const [kind, setKind] = useState<Verdict>("false_positive")
  const conditions = matched(why)
  const [reason, setReason] = useState(conditions && t("fp_prefill", { conditions }))
  const [missing, setMissing] = useState(false)
  const submit = () => {
    if (reason.trim() === "") setMissing(true)
    else onDecided(kind, reason.trim())
  }
  return (
    <Dialog title={t("fp_title")} shape="sheet" onClose={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
      >
        <fieldset>
          <legend>{t("fp_kind")}</legend>
          {KINDS.map((each) => (
            <label key={each} className="check">
              <input type="radio" name="kind" checked={kind === each} onChange={() => setKind(each)} />
              {word("verdict", each)}
            </label>
          ))}
        </fieldset>
        <label>
          {t("fp_reason")}
          <textarea
            rows={4}
            data-first
            value={reason}
            aria-describedby={hint}
            aria-invalid={missing}
            onChange={(event) => {
              setReason(event.target.value)
              setMissing(false)
            }}
            onKeyDown={(event) => {
              if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit()
            }}
          />
        </label>
        <p id={hint} className={missing ? "form-error" : "muted"} role={missing ? "alert" : undefined}>
          {t(missing ? "fp_reason_needed" : "fp_reason_hint")}
        </p>
        <div className="form-actions">
          {onExcept && (
            <button type="button" className="link" onClick={() => onExcept(kind, reason.trim())}>
              {t("act_except")}
            </button>
          )}
          <span className="spacer" />
          <button type="button" className="button" onClick={onClose}>
            {t("cancel")}
          </button>
          <button type="submit" className="button primary">
            {t("fp_submit")}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
