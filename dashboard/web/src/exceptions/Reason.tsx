import { useId } from "react"
import type { Key } from "../i18n/translate.ts"
import { useI18n } from "../i18n/useI18n.ts"

interface Props {
  label: Key
  value: string
  missing: boolean
  onChange(text: string): void
  onSubmit(): void
}

/** Where a reason is written; nothing is done without one. */
export function Reason({ label, value, missing, onChange, onSubmit }: Props) {
  const { t } = useI18n()
  const hint = useId()
  return (
    <>
      <label>
        {t(label)}
        <textarea
          rows={2}
          maxLength={1000}
          data-first
          required
          value={value}
          aria-describedby={hint}
          aria-invalid={missing}
          onChange={(event) => onChange(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) onSubmit()
          }}
        />
      </label>
      <p id={hint} className={missing ? "form-error" : "muted"} role={missing ? "alert" : undefined}>
        {t(missing ? "exc_why_needed" : "exc_why_hint")}
      </p>
    </>
  )
}
