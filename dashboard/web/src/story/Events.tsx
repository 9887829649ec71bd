import type { StoredEvent } from "../api.ts"
import { useI18n } from "../i18n/useI18n.ts"
import { said } from "../text/said.ts"
import { valueText } from "../text/visible.ts"
import { Copy } from "../ui/Copy.tsx"
import { HostText } from "../ui/HostText.tsx"
import { Moment } from "../ui/Time.tsx"

/** Stands for an event that did not come; its sentences are the collector's own. */
const OURS = "silence"

/** The events of the alert, field by field, exactly as they were stored. */
export function Events({ events }: { events: StoredEvent[] }) {
  const { t } = useI18n()
  return (
    <section aria-labelledby="events">
      <h3 id="events">{t("events")}</h3>
      {events.map((event) => (
        <OneEvent key={idText(event)} event={event} />
      ))}
    </section>
  )
}

export function OneEvent({ event }: { event: StoredEvent }) {
  const { t, word, lang } = useI18n()
  const fields = Object.entries(event.fields).toSorted(([a], [b]) => a.localeCompare(b, "en"))
  const kind = word("kind", event.kind)
  return (
    <div className="card event">
      <div className="event-head">
        <h4>{kind}</h4>
        <span className="muted">
          {t("event_time")} <Moment time={event.time} />
        </span>
        <span className="spacer" />
        <Copy text={JSON.stringify(event, null, 2)} name="JSON" label={t("copy_json")} />
      </div>
      <table className="fields">
        <caption className="sr-only">{kind}</caption>
        <thead className="sr-only">
          <tr>
            <th scope="col">{t("field")}</th>
            <th scope="col">{t("value")}</th>
            <th scope="col">{t("copy")}</th>
          </tr>
        </thead>
        <tbody>
          {[[t("event_id"), idText(event)] as const, ...fields].map(([name, value]) => (
            <tr key={name}>
              <th scope="row">
                <HostText text={name} />
              </th>
              <td>
                <HostText text={event.kind === OURS ? said(valueText(value), lang) : valueText(value)} />
              </td>
              <td>
                <Copy text={valueText(value)} name={name} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

const idText = ({ id }: StoredEvent) => [id.host, id.epoch, id.lane, id.sequence].join("/")
