import { useId } from "react"
import { useI18n } from "../i18n/useI18n.ts"
import { EVERYTHING_OPEN, format as address } from "../route.ts"
import { HostText } from "../ui/HostText.tsx"
import { useNow } from "../ui/Time.tsx"
import { untilDay } from "./lasting.ts"
import { Marks } from "./Marks.tsx"
import { concerns } from "./notable.ts"
import { useExceptions } from "./useExceptions.ts"

const SHOWN = 5

/** The exceptions in force that a rule has; nothing where it has none. */
export function OfRule({ rule, onLeave }: { rule: string; onLeave?(): void }) {
  const i18n = useI18n()
  const { t, format } = i18n
  const now = useNow()
  const heading = useId()
  const query = useExceptions()
  const rows = (query.data?.items ?? []).filter((row) => row.state === "active" && concerns(row, rule))
  if (rows.length === 0) return null
  return (
    <section aria-labelledby={heading} data-of-rule>
      <h3 id={heading}>{t("exc_rule_section")}</h3>
      <ul className="plain">
        {rows.slice(0, SHOWN).map((row) => (
          <li key={row.id}>
            <a href={address({ page: "exceptions", id: `${row.id}` })} onClick={onLeave}>
              {t("exc_named", { id: row.id })}
            </a>{" "}
            <code>
              <HostText text={row.query} />
            </code>{" "}
            · <HostText text={row.site ? t("exc_at_site", { site: row.site }) : t("exc_everywhere")} /> ·{" "}
            {untilDay(row.expires, i18n)} · {t("exc_rule_line", { n: format.number(row.held) })} <Marks row={row} now={now} />
          </li>
        ))}
      </ul>
      {rows.length > SHOWN && (
        <a href={address({ page: "exceptions", filter: { ...EVERYTHING_OPEN, rule } })} onClick={onLeave}>
          {t("exc_count", { n: format.number(rows.length) })}
        </a>
      )}
    </section>
  )
}
