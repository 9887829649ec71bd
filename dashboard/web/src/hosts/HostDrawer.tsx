import type { ReactNode } from "react"
import type { Host } from "../api.ts"
import { useI18n } from "../i18n/useI18n.ts"
import { EVERYTHING_OPEN, format as address } from "../route.ts"
import { reasoned, said } from "../text/said.ts"
import { Copy } from "../ui/Copy.tsx"
import { Dialog } from "../ui/Dialog.tsx"
import { HostText } from "../ui/HostText.tsx"
import { Ago, Moment } from "../ui/Time.tsx"
import { Ledger } from "./Ledger.tsx"
import { Seeing, Skew } from "./parts.tsx"

/** One host: its facts, what sees there and why not better, the ledger of its events, what is odd. */
export function HostDrawer({ host, onClose }: { host: Host; onClose(): void }) {
  const { t, lang, word } = useI18n()
  const alertsOf = address({ page: "alerts", filter: { ...EVERYTHING_OPEN, status: "all", host: host.id } })
  return (
    <Dialog title={<HostText text={host.name || host.id} />} shape="drawer" onClose={onClose}>
      <Facts host={host} />
      <p>
        <a href={alertsOf}>{t("host_alerts")}</a>
      </p>
      {host.last_words && (
        <p className="banner">
          <HostText text={t("last_words", { words: said(host.last_words, lang) })} />
        </p>
      )}
      {host.content_refused ? (
        <p className="banner">
          <HostText
            text={t("content_refused", {
              version: host.content_refused,
              reason: said(word("refused", host.content_reason ?? ""), lang),
            })}
          />
        </p>
      ) : null}
      <Sensors host={host} />
      <Parked host={host} />
      <Ledger completeness={host.completeness} />
      <Findings host={host} />
    </Dialog>
  )
}

function Facts({ host }: { host: Host }) {
  const { t } = useI18n()
  return (
    <dl className="facts">
      <Fact name={t("host_id")}>
        <code>{host.id}</code> <Copy text={host.id} name={t("host_id")} />
      </Fact>
      <Fact name={t("col_os")}>
        <HostText text={host.os_name || host.os} />
      </Fact>
      <Fact name={t("agent_version")}>
        <HostText text={host.agent_version} />
      </Fact>
      <Fact name={t("address")}>
        <HostText text={host.address || t("unknown")} />
      </Fact>
      <Fact name={t("site")}>
        <HostText text={host.site || t("unknown")} />
      </Fact>
      <Fact name={t("col_seen")}>{host.last_seen ? <Moment time={host.last_seen} /> : t("never")}</Fact>
      <Fact name={t("col_skew")}>
        <Skew ms={host.last_seen ? host.skew_ms : null} />
      </Fact>
      <Fact name={t("col_bundle")}>{host.bundle ? `v${host.bundle}` : "–"}</Fact>
    </dl>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function Sensors({ host }: { host: Host }) {
  const { t, lang } = useI18n()
  return (
    <section>
      <h3>{t("col_sensors")}</h3>
      {host.sensors.length === 0 && <p className="muted">{t("sensors_none")}</p>}
      <ul className="sensors">
        {host.sensors.map((sensor) => (
          <li key={sensor.capability}>
            <Seeing sensor={sensor} />
            <ul className="plain muted">
              {(sensor.why ? sensor.why.split("\n") : [t("sensor_best")]).map((line) => (
                <li key={line}>
                  <HostText text={reasoned(line, lang)} />
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Parked({ host }: { host: Host }) {
  const { t, lang, format } = useI18n()
  if (!host.parked?.total) return null
  return (
    <section>
      <h3>{t("parked_title", { n: format.number(host.parked.total) })}</h3>
      <p className="muted">{t("parked_note")}</p>
      <ul className="plain">
        {host.parked.rules.map(({ rule, reason, since }) => (
          <li key={rule}>
            <code>
              <HostText text={rule} />
            </code>{" "}
            <HostText text={said(reason, lang)} />{" "}
            <span className="muted">
              <Ago time={since} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Findings({ host }: { host: Host }) {
  const { t, lang, format, word } = useI18n()
  if (!host.findings || host.findings.length === 0) return null
  return (
    <section>
      <h3>{t("findings")}</h3>
      <ul className="plain">
        {host.findings.map((finding) => (
          <li key={finding.kind + finding.first}>
            <b>{word("finding", finding.kind)}</b>: <HostText text={said(finding.detail, lang)} />{" "}
            <span className="muted">
              {format.number(finding.count)}× · <Ago time={finding.last} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
