/** What the collector's API says, and one function for each call. Text from hosts may be hostile: show it with `HostText`. */
import { get, post } from "./http.ts"

export type Level = "informational" | "low" | "medium" | "high" | "critical"
export const LEVELS: readonly Level[] = ["critical", "high", "medium", "low", "informational"]

export type Status = "open" | "closed"
export type Verdict =
  | "true_positive"
  | "false_positive"
  | "benign"
  | "policy_violation"
  | "accepted_tool"
  | "authorised_test"
  | "duplicate"

export const VERDICTS: readonly Verdict[] = [
  "benign", "false_positive", "accepted_tool", "authorised_test", "duplicate", "policy_violation", "true_positive",
]
/** What says nothing to the next person without a note. */
export const NEEDS_REASON: ReadonlySet<Verdict> = new Set(["false_positive", "accepted_tool", "authorised_test", "duplicate"])

/** How the ids of the collector's own rules begin: we know their sentences, and no exception is made of them. */
export const OURS = "tramgac:"

export type Permission =
  | "alerts.read" | "alerts.decide" | "hosts.read" | "rules.read" | "rules.manage" | "exceptions.manage"

export interface Session {
  user: { name: string; role: string }
  permissions: string[]
}

export const may = (session: Session, permission: Permission): boolean => session.permissions.includes(permission)

/** One line of the queue. Times are RFC 3339 in UTC. */
export interface AlertRow {
  id: string
  title: string
  /** Empty where the rule has none; so is everything that ends in `_vi`. */
  title_vi: string
  level: Level
  rule: string
  host: string
  hostname: string
  user: string
  time: string
  created: string
  status: Status
  /** provisional: a correlation's, events that are still to come may change it. */
  stage?: "confirmed" | "provisional" | "withdrawn"
  verdict: Verdict | "" | null
  tags: string[]
  /** Command line, path, address or message: what the alert is about, in one line. */
  summary: string
  /** Grows with each decision; sent back with the next one, so that two people never decide at once unknowingly. */
  version: number
}

export interface AlertPage {
  items: AlertRow[]
  next: string | null
  total: number
  /** When the collector looked. */
  time: string
}

export interface Rule {
  id: string
  title: string
  title_vi?: string
  description?: string
  description_vi?: string
  level: Level
  tags: string[]
  falsepositives?: string[]
  falsepositives_vi?: string[]
  references?: string[]
  /** What to look at, step by step. */
  triage?: string[]
  triage_vi?: string[]
  source_text?: string
}

/** A condition of the rule that held. `spans` are [start, end) offsets in Unicode code points of `value`. */
export interface Condition {
  selection: string
  field: string
  value: string
  pattern: string
  spans: [number, number][]
  negated: boolean
  /** Of an indicator: the list that it stands in, and what the list says of it. */
  source?: string
  note?: string
}

export interface EventId {
  host: string
  epoch: string
  lane: string | number
  sequence: number
}

export interface StoredEvent {
  id: EventId
  kind: string
  time: string
  fields: Record<string, unknown>
}

export interface Note {
  by: string
  time: string
  text: string
}

export interface HistoryEntry {
  by: string
  time: string
  /** raised, decided, reopened; of a correlation also provisional, confirmed, amended, withdrawn */
  action: string
  verdict: string | null
}

export interface AlertDetail extends Omit<AlertRow, "rule"> {
  rule: Rule
  why: Condition[]
  events: StoredEvent[]
  notes: Note[]
  history: HistoryEntry[]
  /** From the event on the host to the stored alert. */
  latency_ms: number | null
}

export interface TreeNode {
  entity_id: string
  parent: string | null
  pid: number
  executable: string
  command_line: string
  user: string
  time: string
  alert: boolean
}

export interface Tree {
  nodes: TreeNode[]
  /** False while the event store does not answer: then this is what the alert's own events say. */
  complete?: boolean
}

export interface Sensor {
  capability: string
  rung: string
  state: string
  /** Why no better rung: `RUNG: reason` lines. */
  why: string
}

export interface Completeness {
  emitted: number
  acked: number
  spooled: number
  dropped: Record<string, number>
  /** Acknowledged, missing at a collector that was restored, and sent again. */
  resent?: number
  /** The same, and not kept on the host any more. */
  gone?: number
  missed: Record<string, number>
  /** By class, how long nobody could count. */
  missed_seconds?: Record<string, number>
  /** The newest losses, oldest first. */
  missed_periods?: MissedPeriod[]
  /** The newest ones. */
  gaps: Gap[]
  gaps_total?: number
  /** When the agent last told its numbers. */
  as_of?: string | null
}

/** From when to when something was missed; `count` is null where nobody can say how much. */
export interface MissedPeriod {
  class: string
  capability: string
  count: number | null
  first: string
  last: string
  seconds: number
}

/** Sequences of a lane that will never come. */
export interface Gap {
  epoch: string
  lane: number
  first: number
  count: number
  reason: string
  noticed: string
}

/** Something odd about a host: two agents with one identity, a clock an hour off. */
export interface Finding {
  kind: string
  detail: string
  count: number
  first: string
  last: string
}

export interface Host {
  id: string
  name: string
  os: string
  os_name?: string
  agent_version: string
  site?: string
  connected?: boolean
  address?: string | null
  /** Why the agent said it would stop; empty while it runs. */
  last_words?: string
  last_seen: string | null
  skew_ms: number | null
  sensors: Sensor[]
  completeness: Completeness
  bundle: number | null
  content_refused?: number | null
  content_reason?: string
  /** Rules that the host evaluates no longer, since they cost too much there: how many, and the first of them. */
  parked?: { total: number; rules: { rule: string; reason: string; since: string }[] }
  findings?: Finding[]
}

/** What keeps the collector from its work now; `free` and `least` in bytes. */
export interface Hindrance {
  kind: string
  free?: number
  least?: number
  roles?: string[]
  days?: number
}

export interface AlertFilter {
  status: Status | "all"
  severity: readonly Level[]
  host: string
  rule: string
}

/** Between them lies what one call did. */
export interface Marks {
  after: number
  until: number
}

/** What one call closed, and how many are left for the next. */
export interface Closed {
  decided: number
  left: number
  undo: Marks
}

export const PAGE = 100

/** Who is signed in; null if nobody is. Asked of a route that refuses nobody, so that no error is in the console. */
export const session = async (signal?: AbortSignal): Promise<Session | null> => {
  const { user, permissions } = await get<{ user: Session["user"] | null; permissions: string[] }>("visitor", {}, signal)
  return user && { user, permissions }
}
export const login = (name: string, password: string) => post("login", { name, password })
export const loginOnce = (once: string) => post("login", { once })
export const logout = () => post("logout", {})

export const alerts = (filter: AlertFilter, cursor: string, signal?: AbortSignal) =>
  get<AlertPage>("alerts", { status: filter.status, ...asked(filter), cursor, limit: `${PAGE}` }, signal)
const asked = ({ severity, host, rule }: AlertFilter) => ({ severity: severity.join(","), host, rule })
export const alert = (id: string, signal?: AbortSignal) => get<AlertDetail>(`alerts/${encodeURIComponent(id)}`, {}, signal)
export const tree = (id: string, signal?: AbortSignal) =>
  get<Tree>(`alerts/${encodeURIComponent(id)}/tree`, {}, signal)
/** With the `version` that the reader saw: `conflict` if somebody else has decided since. */
export const decide = (id: string, verdict: Verdict, note: string, version: number) =>
  post<AlertRow>(`alerts/${encodeURIComponent(id)}/verdict`, { verdict, note, version })
/** How many open alerts the filters show of those that were raised until then. */
export const countOpen = (filter: AlertFilter, until: string, signal?: AbortSignal) =>
  get<AlertPage>("alerts", { status: "open", ...asked(filter), until, limit: "1" }, signal)
/** Closes them for a second or two: to be repeated while any are left and some were decided. */
export const decideAll = (filter: AlertFilter, verdict: Verdict, note: string, until: string) =>
  post<Closed>("alerts/verdict", { ...asked(filter), verdict, note, until })
/** Opens again what these calls closed, likewise: from the first one's mark to the last one's. */
export const reopenAll = (verdict: Verdict, marks: Marks) =>
  post<{ reopened: number; left: number; changed: number }>("alerts/verdict/undo", { verdict, ...marks })
export const reopen = (id: string) => post<AlertRow>(`alerts/${encodeURIComponent(id)}/reopen`, {})
export const addNote = (id: string, text: string) => post<AlertRow>(`alerts/${encodeURIComponent(id)}/notes`, { text })

export const hindrances = (signal?: AbortSignal) => get<{ items: Hindrance[] }>("hindrances", {}, signal)

export const hosts = (signal?: AbortSignal) => get<{ items: Host[] }>("hosts", {}, signal)
export const host = (id: string, signal?: AbortSignal) => get<Host>(`hosts/${encodeURIComponent(id)}`, {}, signal)
