import { useId } from "react"
import { known } from "../i18n/translate.ts"
import { useI18n } from "../i18n/useI18n.ts"
import { HostText } from "../ui/HostText.tsx"
import type { Telling } from "./telling.ts"

interface Props {
  terms: Telling[]
  ticked: ReadonlySet<string>
  /** What was written by hand instead; null while the ticks make the search. */
  hand: string | null
  query: string
  missing: boolean
  onTick(field: string): void
  onWrite(text: string | null): void
}

/** What the harmless events have: ticks that make a search, or the search itself written by hand. */
export function Terms({ terms, ticked, hand, query, missing, onTick, onWrite }: Props) {
  const { t } = useI18n()
  const hint = useId()
  return (
    <>
      {terms.length > 0 && (
        <fieldset disabled={hand !== null} className="terms">
          <legend>{t("exc_terms")}</legend>
          <p className="muted">{t("exc_terms_hint")}</p>
          {terms.map((term) => (
            <label key={term.field} className="check">
              <input type="checkbox" checked={ticked.has(term.field)} onChange={() => onTick(term.field)} />
              <Name field={term.field} />
              <code>
                <HostText text={term.value} />
              </code>
            </label>
          ))}
        </fieldset>
      )}
      <label>
        {t("exc_query")}
        <textarea
          className="mono"
          rows={3}
          maxLength={4000}
          spellCheck={false}
          value={query}
          aria-describedby={hint}
          aria-invalid={missing}
          onChange={(event) => onWrite(event.target.value)}
        />
      </label>
      <p id={hint} className={missing ? "form-error" : "muted"} role={missing ? "alert" : undefined}>
        {t(missing ? "exc_query_needed" : "exc_query_hint")}
      </p>
      {hand !== null && terms.length > 0 && (
        <p>
          {t("exc_by_hand")}{" "}
          <button type="button" className="link" onClick={() => onWrite(null)}>
            {t("exc_to_terms")}
          </button>
        </p>
      )}
    </>
  )
}

function Name({ field }: { field: string }) {
  const { t } = useI18n()
  const key = known("field", field.replaceAll(".", "_"))
  return (
    <span className="term-name" title={field}>
      {key ? t(key) : field}
    </span>
  )
}
