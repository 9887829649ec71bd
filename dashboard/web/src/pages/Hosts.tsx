import { useQuery } from "@tanstack/react-query"
import { useMemo, useRef, useState } from "react"
import { hosts, type Host } from "../api.ts"
import { HostDrawer } from "../hosts/HostDrawer.tsx"
import { HostTable } from "../hosts/HostTable.tsx"
import { fits } from "../hosts/health.ts"
import { useI18n } from "../i18n/useI18n.ts"
import { Dialog } from "../ui/Dialog.tsx"
import { Empty, Failed, LiveBadge, Loading, Stale } from "../ui/States.tsx"
import { useKeys } from "../useKeys.ts"
import { go } from "../useRoute.ts"

/** The hosts that we watch: what sees there, what is missing, since when. */
export default function Hosts({ id }: { id: string }) {
  const { t, format } = useI18n()
  const query = useQuery({ queryKey: ["hosts"], queryFn: ({ signal }) => hosts(signal), refetchInterval: 60_000 })
  const [text, setText] = useState("")
  const input = useRef<HTMLInputElement>(null)
  useKeys({ filter: () => input.current?.focus() })
  const all = useMemo(
    () => (query.data?.items ?? []).toSorted((a, b) => format.compare(a.name, b.name)),
    [query.data, format],
  )
  const shown = useMemo(() => all.filter((host) => fits(host, text)), [all, text])
  return (
    <main className="page" tabIndex={-1}>
      <search className="toolbar" aria-label={t("filters")}>
        <h1>{t("hosts_title")}</h1>
        <div className="host-filter">
          <input
            ref={input}
            type="search"
            aria-label={t("hosts_find")}
            placeholder={t("hosts_find")}
            spellCheck={false}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
          <kbd aria-hidden="true">/</kbd>
        </div>
        <span className="spacer" />
        <span className="count" role="status">
          {query.data && t("hosts_count", { n: format.number(shown.length) })}
        </span>
        <LiveBadge />
      </search>
      <Stale query={query} />
      {query.isPending ? (
        <Loading rows={10} />
      ) : query.isError && all.length === 0 ? (
        <Failed error={query.error} retry={() => query.refetch()} />
      ) : all.length === 0 ? (
        <Empty title={t("hosts_empty")} hint={t("hosts_empty_hint")} />
      ) : shown.length === 0 ? (
        <Empty title={t("hosts_none_fit", { text })} />
      ) : (
        <HostTable hosts={shown} />
      )}
      {id !== "" && query.data && <Chosen host={all.find((host) => host.id === id)} onClose={close} />}
    </main>
  )
}

const close = () => go({ page: "hosts" })

function Chosen({ host, onClose }: { host: Host | undefined; onClose(): void }) {
  const { t } = useI18n()
  if (host) return <HostDrawer host={host} onClose={onClose} />
  return (
    <Dialog title={t("host_gone")} shape="drawer" onClose={onClose}>
      <Empty title={t("host_gone")} />
    </Dialog>
  )
}
