import { keepPreviousData, useInfiniteQuery, useQueryClient, type InfiniteData } from "@tanstack/react-query"
import { useEffect, useEffectEvent, useMemo, useRef, useState } from "react"
import { alerts, may, type AlertFilter, type AlertPage, type AlertRow, type Session } from "../api.ts"
import { useI18n } from "../i18n/useI18n.ts"
import { belongs, prepend, seenUntil } from "../live/queue.ts"
import { onArrival } from "../live/useLive.ts"
import { AlertList, type ListHandle } from "../queue/AlertList.tsx"
import { Toolbar } from "../queue/Toolbar.tsx"
import { Story } from "../story/Story.tsx"
import { Keys } from "../ui/Help.tsx"
import { useHindrances } from "../ui/Hindrances.tsx"
import { Empty, Failed, Loading, Stale } from "../ui/States.tsx"
import { useKeys } from "../useKeys.ts"
import { go } from "../useRoute.ts"

interface Props {
  id: string
  filter: AlertFilter
  session: Session
}

/** The desk: alerts on the left, the story of the chosen one on the right. */
export function Queue({ id, filter, session }: Props) {
  const { t } = useI18n()
  const mayDecide = may(session, "alerts.decide")
  const query = useInfiniteQuery({
    queryKey: ["alerts", filter],
    queryFn: ({ pageParam, signal }) => alerts(filter, pageParam, signal),
    initialPageParam: "",
    getNextPageParam: (page: AlertPage) => page.next ?? undefined,
    placeholderData: keepPreviousData,
  })
  const rows = useMemo(() => unique(query.data?.pages ?? []), [query.data])
  const list = useRef<ListHandle>(null)
  const { held, release } = useArrivals(filter, rows, () => id === "" && (list.current?.atTop() ?? true))
  const total = (query.data?.pages[0]?.total ?? 0) + held.length

  const until = mayDecide && !query.isPlaceholderData ? seenUntil(query.data?.pages ?? []) : ""

  const open = (row: AlertRow, how: "push" | "replace") => go({ page: "alerts", id: row.id, filter }, how)
  const leave = () => {
    go({ page: "alerts", id: "", filter })
    list.current?.focus()
  }
  const move = useMove(rows, id, (row, index) => {
    open(row, "replace")
    list.current?.show(index)
  })
  const read = () => (id === "" ? move(1) : document.querySelector<HTMLElement>("[data-story-heading]")?.focus())
  const escape = () => (document.activeElement?.closest("[data-story]") ? list.current?.focus() : leave())
  useKeys({ next: () => move(1), previous: () => move(-1), open: read, escape })

  return (
    <main className="desk" data-open={id !== ""} tabIndex={-1}>
      <h1 className="sr-only">{t("nav_alerts")}</h1>
      <Toolbar filter={filter} rows={rows} total={query.data && total} until={until} />
      <section className="list-pane" aria-label={t("list_label")}>
        <Stale query={query} />
        {held.length > 0 && (
          <button
            type="button"
            className="new-rows"
            onClick={() => {
              release()
              list.current?.show(0)
            }}
          >
            {t("new_rows", { n: held.length })}
          </button>
        )}
        {query.isPending ? (
          <Loading rows={10} />
        ) : query.isError && rows.length === 0 ? (
          <Failed error={query.error} retry={() => query.refetch()} />
        ) : rows.length === 0 ? (
          <NoAlert filter={filter} />
        ) : (
          <AlertList ref={list} rows={rows} total={total} selected={id} open={open} move={move} more={query} />
        )}
      </section>
      <section className="story-pane" aria-label={t("story")} data-story={id !== "" || undefined}>
        {id === "" ? (
          <Empty title={t("pick")} hint={t("pick_hint")}>
            <Keys />
          </Empty>
        ) : (
          <Story key={id} id={id} row={rows.find((row) => row.id === id)} session={session} onBack={leave} />
        )}
      </section>
    </main>
  )
}

function NoAlert({ filter }: { filter: AlertFilter }) {
  const { t } = useI18n()
  const hindered = useHindrances().length > 0
  if (filter.severity.length === 0 && filter.host === "" && filter.rule === "" && filter.status === "open") {
    return <Empty title={t("empty_open")} hint={t(hindered ? "empty_hindered_hint" : "empty_open_hint")} />
  }
  return (
    <Empty title={t("empty_filtered")}>
      <button
        type="button"
        className="button"
        onClick={() => go({ page: "alerts" })}
      >
        {t("clear_filters")}
      </button>
    </Empty>
  )
}

/**
 * New alerts: let in at once while nobody is reading, else held back until asked for. The selection never moves. What
 * a look at the queue has brought meanwhile, or before the stream told of it, is new no longer.
 */
function useArrivals(filter: AlertFilter, shown: readonly AlertRow[], idle: () => boolean) {
  const client = useQueryClient()
  const [held, setHeld] = useState<{ filter: AlertFilter; rows: AlertRow[] }>({ filter, rows: [] })
  const waiting = held.filter === filter ? held.rows : []
  const mine = without(waiting, shown)
  const letIn = (rows: AlertRow[]) =>
    client.setQueryData<InfiniteData<AlertPage, string>>(["alerts", filter], (known) =>
      known && { ...known, pages: prepend(known.pages, rows) },
    )
  const arrived = useEffectEvent((rows: AlertRow[], what: "new" | "changed") => {
    const changed = new Map(rows.map((row) => [row.id, row]))
    const kept = mine.map((row) => changed.get(row.id) ?? row).filter((row) => belongs(row, filter))
    const fresh = what === "new" ? rows.filter((row) => belongs(row, filter)) : []
    if (fresh.length > 0 && kept.length === 0 && idle()) letIn(fresh)
    else if (fresh.length > 0 || waiting.length > 0) setHeld({ filter, rows: without(unite(fresh, kept), shown) })
  })
  useEffect(() => onArrival((rows, what) => arrived(rows, what)), [])
  const release = () => {
    letIn(mine)
    setHeld({ filter, rows: [] })
  }
  return { held: mine, release }
}

/** Move the selection by steps. If the selected row has left the list, go on from where it stood. */
function useMove(rows: AlertRow[], id: string, select: (row: AlertRow, index: number) => void) {
  const last = useRef(-1)
  const at = rows.findIndex((row) => row.id === id)
  useEffect(() => {
    if (at >= 0) last.current = at
  }, [at])
  return (steps: number) => {
    const from = at >= 0 || id === "" ? at : last.current - Math.max(0, Math.sign(steps))
    const index = Math.max(0, Math.min(rows.length - 1, from + steps))
    const row = rows[index]
    if (row) select(row, index)
  }
}

const unite = (fresh: AlertRow[], known: AlertRow[]) => [...without(fresh, known), ...known]

function without(rows: readonly AlertRow[], others: readonly AlertRow[]): AlertRow[] {
  if (rows.length === 0) return []
  const ids = new Set(others.map((row) => row.id))
  return rows.filter((row) => !ids.has(row.id))
}

/** All rows of all pages, each once: a row may be on two pages when new ones pushed it down between the two looks. */
function unique(pages: AlertPage[]): AlertRow[] {
  return [...new Map(pages.flatMap((page) => page.items).map((row) => [row.id, row])).values()]
}
