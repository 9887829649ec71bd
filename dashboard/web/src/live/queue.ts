/** What a live message does to the pages of the queue that are on screen. Pure: rows in, rows out. */
import type { AlertFilter, AlertPage, AlertRow } from "../api.ts"
import { instant } from "../i18n/format.ts"

/** Whether a row belongs in a filtered queue. The host filter is the host's id or its name. */
export function belongs(row: AlertRow, filter: AlertFilter): boolean {
  return (
    (filter.status === "all" || row.status === filter.status) &&
    (filter.severity.length === 0 || filter.severity.includes(row.level)) &&
    (filter.host === "" || row.host === filter.host || row.hostname === filter.host) &&
    (filter.rule === "" || row.rule === filter.rule)
  )
}

/** Until when whoever looks at these pages has seen alerts: the collector's look at them, or a newer row on top. */
export function seenUntil(pages: readonly AlertPage[]): string {
  const [time = "", newest = ""] = [pages[0]?.time, pages[0]?.items[0]?.created]
  return instant(newest) >= instant(time) ? newest : time
}

/** Put new rows on top, newest first, each once. */
export function prepend(pages: readonly AlertPage[], rows: readonly AlertRow[]): AlertPage[] {
  const known = new Set(pages.flatMap((page) => page.items.map((item) => item.id)))
  const fresh = rows.filter((row) => !known.has(row.id))
  const [first, ...others] = pages
  if (first === undefined || fresh.length === 0) return [...pages]
  const items = [...fresh, ...first.items]
  return [{ ...first, items, total: first.total + fresh.length }, ...others]
}

/**
 * Change a row where it stands. It keeps its place even if the filter would now leave it out, so that nothing
 * moves under the reader's eyes; the next look at the queue sorts it out. The total follows at once.
 */
export function amend(pages: readonly AlertPage[], row: AlertRow, filter: AlertFilter): AlertPage[] {
  const before = pages.flatMap((page) => page.items).find((item) => item.id === row.id)
  if (before === undefined) return [...pages]
  const change = Number(belongs(row, filter)) - Number(belongs(before, filter))
  return pages.map((page, index) => ({
    ...page,
    total: index === 0 ? page.total + change : page.total,
    items: page.items.some((item) => item.id === row.id)
      ? page.items.map((item) => (item.id === row.id ? row : item))
      : page.items,
  }))
}
