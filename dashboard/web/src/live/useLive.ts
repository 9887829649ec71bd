/** The live stream, joined to what is on screen. */
import { useQueryClient, type InfiniteData, type QueryClient } from "@tanstack/react-query"
import { useEffect, useSyncExternalStore } from "react"
import type { AlertDetail, AlertFilter, AlertPage, AlertRow } from "../api.ts"
import { askAgain, askOnceMore } from "./askAgain.ts"
import { follow } from "./follow.ts"
import { amend } from "./queue.ts"
import type { State } from "./stream.ts"

export type Pages = InfiniteData<AlertPage, string>

type RowsListener = (rows: AlertRow[], what: "new" | "changed") => void

const arrivals = new Set<RowsListener>()
const states = new Set<() => void>()
let live: State = "connecting"
let changedAt = Date.now()

// A storm of alerts is shown a few times a second, not once for each.
const GATHER_MS = 80
const HOSTS_MS = 2000
const QUEUES_MS = 2000

/** Be told of alerts that are new (gathered, newest first) or changed. Gives the function that stops it. */
export function onArrival(listener: RowsListener): () => void {
  arrivals.add(listener)
  return () => arrivals.delete(listener)
}

/** The state of the stream, and since when. */
export function useLiveState(): { state: State; since: number } {
  const state = useSyncExternalStore(
    (listener) => {
      states.add(listener)
      return () => states.delete(listener)
    },
    () => live,
  )
  return { state, since: changedAt }
}

/** Keep the queries' answers up to date for as long as the page is shown. */
export function useLive(): void {
  const client = useQueryClient()
  useEffect(() => {
    const gathered: AlertRow[] = []
    let timer = 0
    let hostsTimer = 0
    // An answer that is under way knows nothing of them, and would take them away again.
    const askForQueues = () => void askOnceMore(client, { queryKey: ["alerts"] }, QUEUES_MS)
    const flush = () => {
      timer = 0
      const rows = gathered.splice(0).toReversed()
      for (const listener of arrivals) listener(rows, "new")
      askForQueues()
    }
    const stop = follow({
      state(state, fresh) {
        if (fresh) void askAgain(client)
        else if (state === "live") void client.invalidateQueries({ predicate: (query) => query.state.error !== null })
        if (state === "signed_out") void client.invalidateQueries({ queryKey: ["session"] })
        if (state !== live) changedAt = Date.now()
        live = state
        for (const listener of states) listener()
      },
      message({ event, data }) {
        if (event === "reset") void askAgain(client)
        else if (event === "alert") {
          gathered.push(JSON.parse(data) as AlertRow)
          timer ||= window.setTimeout(flush, GATHER_MS)
        } else if (event === "alert_changed") {
          const row = JSON.parse(data) as AlertRow
          const waiting = gathered.findIndex((one) => one.id === row.id)
          if (waiting >= 0) gathered[waiting] = row
          show(client, row)
          for (const listener of arrivals) listener([row], "changed")
          askForQueues()
          void askAgain(client, { queryKey: ["alert", row.id] })
        } else if (event === "content") {
          void askAgain(client, { queryKey: ["hindrances"] })
        } else if (event === "host") {
          hostsTimer ||= window.setTimeout(() => {
            hostsTimer = 0
            void askAgain(client, { queryKey: ["hosts"] })
          }, HOSTS_MS)
        }
      },
    })
    return () => {
      stop()
      clearTimeout(timer)
      clearTimeout(hostsTimer)
    }
  }, [client])
}

/** Show a changed row in every queue that holds it, and in its story. */
export function show(client: QueryClient, row: AlertRow): void {
  for (const [key, pages] of client.getQueriesData<Pages>({ queryKey: ["alerts"] })) {
    const filter = key[1] as AlertFilter
    if (pages) client.setQueryData<Pages>(key, { ...pages, pages: amend(pages.pages, row, filter) })
  }
  client.setQueryData<AlertDetail>(["alert", row.id], (detail) =>
    detail && { ...detail, status: row.status, verdict: row.verdict, version: row.version },
  )
}
