import { useVirtualizer } from "@tanstack/react-virtual"
import { useMemo, useRef } from "react"
import type { Host } from "../api.ts"
import { useI18n } from "../i18n/useI18n.ts"
import { format as address } from "../route.ts"
import { called, twins } from "../text/twins.ts"
import { HostText } from "../ui/HostText.tsx"
import { Ago } from "../ui/Time.tsx"
import { Complete } from "./Complete.tsx"
import { Seeing, Skew } from "./parts.tsx"

const ROW_PX = 46

/** All hosts, a line each; only the lines on screen are in the document. */
export function HostTable({ hosts }: { hosts: Host[] }) {
  const { t } = useI18n()
  const box = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: hosts.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
  })
  const shared = useMemo(() => twins(hosts), [hosts])
  const shown = virtual.getVirtualItems()
  const above = shown[0]?.start ?? 0
  const below = virtual.getTotalSize() - (shown.at(-1)?.end ?? 0)
  return (
    <section className="hosts-pane" ref={box} tabIndex={0} aria-label={t("hosts_title")}>
      <table className="hosts" aria-rowcount={hosts.length + 1}>
        <thead>
          <tr aria-rowindex={1}>
            <th scope="col">{t("col_host")}</th>
            <th scope="col">{t("col_os")}</th>
            <th scope="col">{t("col_seen")}</th>
            <th scope="col">{t("col_sensors")}</th>
            <th scope="col">{t("col_complete")}</th>
            <th scope="col">{t("col_skew")}</th>
            <th scope="col">{t("col_bundle")}</th>
          </tr>
        </thead>
        <tbody>
          {above > 0 && <Space height={above} />}
          {shown.map((item) => {
            const host = hosts[item.index]
            return host && <Line key={host.id} host={host} name={called(host, shared)} index={item.index + 2} />
          })}
          {below > 0 && <Space height={below} />}
        </tbody>
      </table>
    </section>
  )
}

function Line({ host, name, index }: { host: Host; name: string; index: number }) {
  const { t } = useI18n()
  const odd = host.findings?.length ?? 0
  return (
    <tr aria-rowindex={index} data-host-id={host.id}>
      <th scope="row">
        <a href={address({ page: "hosts", id: host.id })}>
          <HostText text={name} />
        </a>
        {odd > 0 && <span className="tag bad">{t("odd", { n: odd })}</span>}
      </th>
      <td>
        <HostText text={host.os_name || host.os} />
      </td>
      <td>
        {host.last_seen ? <Ago time={host.last_seen} /> : t("never")}{" "}
        {host.connected === false && <span className="tag">{t("quiet")}</span>}
      </td>
      <td>
        {host.sensors.map((sensor) => (
          <Seeing key={sensor.capability} sensor={sensor} />
        ))}
      </td>
      <td>
        <Complete host={host} />
      </td>
      <td>
        <Skew ms={host.last_seen ? host.skew_ms : null} />
      </td>
      <td>{host.bundle ? `v${host.bundle}` : "–"}</td>
    </tr>
  )
}

function Space({ height }: { height: number }) {
  return (
    <tr aria-hidden="true">
      <td colSpan={7} className="space" style={{ height }} />
    </tr>
  )
}
