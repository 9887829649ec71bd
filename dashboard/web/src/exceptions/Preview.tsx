import { useI18n } from "../i18n/useI18n.ts"
import { instant } from "../i18n/format.ts"
import { format as address } from "../route.ts"
import { titleOf } from "../text/wording.ts"
import { HostText } from "../ui/HostText.tsx"
import type { Sample, Trial } from "./calls.ts"
import { refused } from "./refused.ts"
import type { Preview as Asked } from "./usePreview.ts"

/** What the exception would have held back: how much, what speaks against it, and the newest few. */
export function Preview({ preview: { query, fresh } }: { preview: Asked }) {
  const i18n = useI18n()
  const { t } = i18n
  const known = query.data
  return (
    <section className="card preview" aria-label={t("try_title")} aria-busy={!fresh} data-fresh={fresh}>
      <h3>{t("try_title")}</h3>
      <div role="status">
        {query.error ? (
          <p className="form-error">{refused(query.error, i18n)}</p>
        ) : known ? (
          <Told trial={known} />
        ) : (
          <p className="muted">{t("try_asking")}</p>
        )}
      </div>
      {known && !query.error && known.alerts.some.length > 0 && (
        <details>
          <summary>{t("try_some")}</summary>
          <ul className="plain samples">
            {known.alerts.some.map((sample) => (
              <Line key={sample.id} sample={sample} />
            ))}
          </ul>
        </details>
      )}
    </section>
  )
}

function Told({ trial }: { trial: Trial }) {
  const { t, format } = useI18n()
  const { alerts, days } = trial
  const counts = { looked: format.number(alerts.looked), held: format.number(alerts.held), open: format.number(alerts.open), days }
  return (
    <>
      <p className={alerts.held > 0 ? "held" : ""}>
        {t(alerts.looked === 0 ? "try_no_alerts" : alerts.held === 0 ? "try_nothing" : "try_held", counts)}{" "}
        {alerts.more && t("try_more")}
      </p>
      {alerts.contested > 0 && (
        <p className="warning">
          {t("try_contested", { n: format.number(alerts.contested) })}{" "}
          {alerts.against.map((id) => (
            <a key={id} href={address({ page: "alerts", id })} target="_blank" rel="noreferrer">
              {id.slice(0, 8)}
            </a>
          ))}
        </p>
      )}
      {trial.same !== null && (
        <p className="warning">
          <a href={address({ page: "exceptions", id: `${trial.same}` })} target="_blank" rel="noreferrer">
            #{trial.same}
          </a>
          {t("try_same", { id: trial.same })}
        </p>
      )}
      {trial.wide && <p className="warning">{t("try_wide")}</p>}
      {alerts.unsure > 0 && <p>{t("try_unsure", { n: format.number(alerts.unsure) })}</p>}
      <p className="muted">
        {trial.events === null ? t("try_no_events") : t("try_events", { n: format.number(trial.events) })}
      </p>
    </>
  )
}

function Line({ sample }: { sample: Sample }) {
  const { lang, format, word } = useI18n()
  return (
    <li>
      <a href={address({ page: "alerts", id: sample.id })} target="_blank" rel="noreferrer">
        {format.moment(instant(sample.time))}
      </a>{" "}
      <HostText text={sample.hostname} /> · <HostText text={sample.summary || titleOf(sample, lang)} />
      {sample.verdict && <b> · {word("verdict", sample.verdict)}</b>}
    </li>
  )
}
