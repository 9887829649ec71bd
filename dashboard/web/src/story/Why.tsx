import type { Condition, Rule } from "../api.ts"
import { useI18n } from "../i18n/useI18n.ts"
import { said } from "../text/said.ts"
import { titleOf } from "../text/wording.ts"
import { HostText } from "../ui/HostText.tsx"
import { Icon } from "../ui/Icon.tsx"

interface Props {
  why: Condition[]
  rule: Rule
  onRule(): void
}

/** The product: which conditions held, in which field, on which characters. */
export function Why({ why, rule, onRule }: Props) {
  const { t, lang } = useI18n()
  const held = why.filter((condition) => !condition.negated)
  const excluded = why.filter((condition) => condition.negated)
  return (
    <section aria-labelledby="why">
      <h3 id="why">{t("why")}</h3>
      <div className="card why">
        <p>
          {t("why_rule")}{" "}
          <button type="button" className="link strong" title={t("rule_open")} onClick={onRule}>
            <HostText text={titleOf(rule, lang)} />
          </button>{" "}
          {held.length > 0 && t("why_held", { n: held.length })}
        </p>
        {held.length === 0 && <p className="muted">{t("why_none")}</p>}
        <Conditions conditions={held} />
        {excluded.length > 0 && (
          <details>
            <summary>{t("why_negated", { n: excluded.length })}</summary>
            <Conditions conditions={excluded} />
          </details>
        )}
      </div>
    </section>
  )
}

function Conditions({ conditions }: { conditions: Condition[] }) {
  const { t, lang } = useI18n()
  if (conditions.length === 0) return null
  return (
    <ul className="conditions">
      {conditions.map((condition, index) => (
        <li key={index} data-negated={condition.negated}>
          <Icon name={condition.negated ? "minus" : "check"} />
          <span className="condition-field">
            {condition.field || "–"}
            <small>{condition.selection}</small>
          </span>
          <span className="condition-value">
            {condition.spans.length > 0 ? (
              <HostText text={condition.value} spans={condition.spans} />
            ) : (
              <HostText text={said(condition.value, lang)} />
            )}
            {condition.pattern !== condition.field && (
              <small>
                {t(condition.negated ? "not_pattern" : "why_pattern")}{" "}
                <code>
                  <HostText text={said(condition.pattern, lang)} />
                </code>
              </small>
            )}
            {condition.note && (
              <small>
                {t("why_list", { source: condition.source || t("unknown") })} <HostText text={condition.note} />
              </small>
            )}
          </span>
        </li>
      ))}
    </ul>
  )
}
