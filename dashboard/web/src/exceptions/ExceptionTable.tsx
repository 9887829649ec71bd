import { useI18n } from "../i18n/useI18n.ts"
import { format as address, type Route } from "../route.ts"
import { titleOf } from "../text/wording.ts"
import { HostText } from "../ui/HostText.tsx"
import { Ago, useNow } from "../ui/Time.tsx"
import type { Exception } from "./calls.ts"
import { untilDay, untilText } from "./lasting.ts"
import { Marks } from "./Marks.tsx"
import { ofEvery } from "./notable.ts"

interface Props {
  rows: Exception[]
  /** Which of them the address shows. */
  place: Pick<Route, "filter" | "show">
}

/** Exceptions, a line each: the rule, what harmless events have, where, until when, who said why, what it held back. */
export function ExceptionTable({ rows, place }: Props) {
  const { t } = useI18n()
  return (
    <section className="hosts-pane" tabIndex={0} aria-label={t("nav_exceptions")}>
      <table className="exceptions">
        <thead>
          <tr>
            <th scope="col">{t("exc_of_rule")}</th>
            <th scope="col">{t("exc_query")}</th>
            <th scope="col">{t("exc_col_held")}</th>
            <th scope="col">{t("exc_col_last")}</th>
            <th scope="col">{t("exc_until")}</th>
            <th scope="col">{t("exc_col_who")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Line key={row.id} row={row} to={address({ page: "exceptions", id: `${row.id}`, ...place })} />
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Line({ row, to }: { row: Exception; to: string }) {
  const i18n = useI18n()
  const { t, lang, format } = i18n
  const now = useNow()
  const end = row.state === "ended" ? row.ended : row.expires
  return (
    <tr data-exception={row.id} data-state={row.state}>
      <th scope="row">
        <a href={to}>
          #{row.id} <HostText text={ofEvery(row) ? t("exc_every_rule") : titleOf(row, lang) || row.rule} />
        </a>
        <span className="marks">
          <Marks row={row} now={now} />
        </span>
      </th>
      <td>
        <code>
          <HostText text={row.query} />
        </code>
        <small>
          <HostText text={row.site ? t("exc_at_site", { site: row.site }) : t("exc_everywhere")} />
        </small>
      </td>
      <td className="figure">
        {format.number(row.held)}
        {row.held > 0 && row.state === "active" && <small>{t("exc_a_day", { n: format.number(row.held_a_day) })}</small>}
      </td>
      <td>{row.last ? <Ago time={row.last} /> : t("never")}</td>
      <td title={untilText(end, i18n)}>{untilDay(end, i18n)}</td>
      <td>
        <HostText text={row.by} />
        <small>
          <HostText text={row.why} />
        </small>
      </td>
    </tr>
  )
}
