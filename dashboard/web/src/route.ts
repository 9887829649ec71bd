/**
 * The address: `#/alerts/ID?status=open&severity=high,critical&host=NAME`, `#/hosts/ID`, `#/exceptions/ID?show=soon`. It
 * lives behind `#`, so any server of plain files will do and no address ever reaches a proxy's log.
 */
import { LEVELS, type AlertFilter, type Level } from "./api.ts"

/** The pages in the order of the rail, by their word in the address; the first stands for anything unknown. */
export const PAGES = ["alerts", "hosts", "exceptions"] as const
export type Page = (typeof PAGES)[number]

export interface Route {
  page: Page
  /** What of the page is chosen; empty for nothing. */
  id: string
  /** Of pages that list alerts. */
  filter: AlertFilter
  /** Which view of the page; empty for the usual one. */
  show: string
}

/** Where to go: what is left out is as usual. */
export type To = Pick<Route, "page"> & Partial<Route>

export const EVERYTHING_OPEN: AlertFilter = { status: "open", severity: [], host: "", rule: "" }

/** Read an address; anything unknown is the queue of open alerts. */
export function parse(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#/u, "").split("?", 2)
  const [, word, id = ""] = path.split("/")
  const page = PAGES.find((each) => each === word)
  const asked = new URLSearchParams(query)
  return { page: page ?? PAGES[0], id: page ? decoded(id) : "", filter: filterOf(asked), show: asked.get("show") ?? "" }
}

/** Write an address; what is as usual is left out. */
export function format({ page, id = "", filter = EVERYTHING_OPEN, show = "" }: To): string {
  const path = `#/${page}${id ? `/${encodeURIComponent(id)}` : ""}`
  const { status, severity, host, rule } = filter
  const query = new URLSearchParams()
  if (status !== "open") query.set("status", status)
  if (severity.length > 0) query.set("severity", severity.join(","))
  if (host) query.set("host", host)
  if (rule) query.set("rule", rule)
  if (show) query.set("show", show)
  const text = query.toString().replaceAll("%2C", ",")
  return text ? `${path}?${text}` : path
}

/** The one-time token that a link from the terminal carries, or null. */
export function onceToken(hash: string): string | null {
  const token = /^#once=(.+)$/u.exec(hash)?.[1]
  return token === undefined ? null : decoded(token)
}

function filterOf(query: URLSearchParams): AlertFilter {
  const asked = query.get("severity")?.split(",") ?? []
  const status = query.get("status")
  return {
    status: status === "closed" || status === "all" ? status : "open",
    severity: LEVELS.filter((level: Level) => asked.includes(level)),
    host: query.get("host") ?? "",
    rule: query.get("rule") ?? "",
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ""
  }
}
