import type { Host } from "../api.ts"
import { instant } from "../i18n/format.ts"
import { useI18n } from "../i18n/useI18n.ts"
import { account } from "./health.ts"

/** Whether everything of a host's is here: yes, or what is not; for a host that is away, until when. */
export function Complete({ host }: { host: Host }) {
  const { t, format } = useI18n()
  const { completeness } = host
  const { lost, gaps, off, unwatched } = account(completeness)
  const gone = completeness.gone ?? 0
  const short = off !== 0 || lost > 0 || gaps > 0 || gone > 0
  const until = host.connected === false ? completeness.as_of : null
  return (
    <>
      {short && (
        <span className="tag bad">
          {off !== 0
            ? t("ledger_wrong", { n: format.number(Math.abs(off)) })
            : lost > 0
              ? t("lost", { n: format.number(lost) })
              : gaps > 0
                ? `${t("ledger_gaps")}: ${format.number(gaps)}`
                : `${t("ledger_gone")}: ${format.number(gone)}`}
        </span>
      )}
      {unwatched > 0 && <span className="tag">{t("unwatched", { time: format.duration(unwatched * 1000) })}</span>}
      {!short && unwatched === 0 && completeness.emitted === 0 && <span className="muted">{t("unreported")}</span>}
      {!short && unwatched === 0 && completeness.emitted > 0 && (
        <span className={until ? "tag" : "tag good"}>
          {until ? t("complete_until", { time: format.moment(instant(until)) }) : t("complete")}
        </span>
      )}
      {completeness.spooled > 0 && (
        <span className="muted"> {t("waiting", { n: format.number(completeness.spooled) })}</span>
      )}
    </>
  )
}
