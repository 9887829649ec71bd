import type { Completeness, Gap, MissedPeriod } from "../api.ts"
import { instant } from "../i18n/format.ts"
import { useI18n } from "../i18n/useI18n.ts"
import { said } from "../text/said.ts"
import { HostText } from "../ui/HostText.tsx"
import { FILTERED, account } from "./health.ts"

const SHOWN = 20

type Row = [string, number, Record<string, number>]

/** The account of a host's events: numbers, time that nobody watched, and each loss with its time. */
export function Ledger({ completeness }: { completeness: Completeness }) {
  const { t, format, word } = useI18n()
  const { dropped, missed, filtered, gaps, unwatched, off } = account(completeness)
  const spans = completeness.missed_seconds ?? {}
  const counted = Object.fromEntries(
    Object.entries(completeness.missed).filter(([name, n]) => name !== FILTERED && (n > 0 || !(name in spans))),
  )
  const rows: Row[] = [
    [t("ledger_emitted"), completeness.emitted, {}],
    [t("ledger_acked"), completeness.acked, {}],
    [t("ledger_spooled"), completeness.spooled, {}],
    [t("ledger_dropped"), dropped, completeness.dropped],
    ...(completeness.resent ? [[t("ledger_resent"), completeness.resent, {}] satisfies Row] : []),
    ...(completeness.gone ? [[t("ledger_gone"), completeness.gone, {}] satisfies Row] : []),
    [t("ledger_missed"), missed, counted],
    [t("ledger_filtered"), filtered, {}],
    [t("ledger_gaps"), gaps, {}],
  ]
  return (
    <section>
      <h3>{t("ledger")}</h3>
      <table className="ledger">
        <tbody>
          {rows.map(([name, count, classes]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{format.number(count)}</td>
              <td className="muted">
                {Object.entries(classes)
                  .map(([each, n]) => `${word("class", each)} ${format.number(n)}`)
                  .join(", ")}
              </td>
            </tr>
          ))}
          <tr>
            <th scope="row">{t("ledger_unwatched")}</th>
            <td>{format.duration(unwatched * 1000)}</td>
            <td className="muted">
              {Object.entries(spans)
                .map(([each, seconds]) => `${word("class", each)} ${format.duration(seconds * 1000)}`)
                .join(", ")}
            </td>
          </tr>
        </tbody>
      </table>
      <p className={off === 0 ? "muted" : "form-error"}>
        {off === 0 ? t("ledger_exact") : t("ledger_wrong", { n: format.number(Math.abs(off)) })}
      </p>
      {unwatched > 0 && <p>{t("ledger_not_vouched")}</p>}
      <Gaps gaps={completeness.gaps} />
      <Periods periods={completeness.missed_periods ?? []} />
    </section>
  )
}

function Gaps({ gaps }: { gaps: Gap[] }) {
  const { t, lang, format, word } = useI18n()
  return (
    <ul className="plain">
      {gaps.slice(-SHOWN).map((gap) => (
        <li key={`${gap.epoch}/${gap.lane}/${gap.first}`}>
          <HostText
            text={t("gap_line", {
              lane: word("lane", String(gap.lane)),
              first: format.number(gap.first),
              n: format.number(gap.count),
              reason: said(word("class", gap.reason), lang),
            })}
          />
        </li>
      ))}
    </ul>
  )
}

function Periods({ periods }: { periods: MissedPeriod[] }) {
  const { t, format, word } = useI18n()
  return (
    <ul className="plain">
      {periods.slice(-SHOWN).map((each) => (
        <li key={`${each.class}/${each.capability}/${each.first}`}>
          <HostText
            text={t(each.count === null ? "missed_unknown" : "missed_counted", {
              first: format.moment(instant(each.first)),
              last: format.moment(instant(each.last)),
              time: format.duration(each.seconds * 1000),
              n: format.number(each.count ?? 0),
              reason: word("class", each.class),
            })}
          />
        </li>
      ))}
    </ul>
  )
}
