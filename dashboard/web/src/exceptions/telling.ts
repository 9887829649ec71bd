/** What of an alert's events tells them from others, as terms of a search, and the search made of those chosen. Pure. */
import type { StoredEvent } from "../api.ts"
import { visible } from "../text/visible.ts"

export interface Telling {
  field: string
  value: string
  /** To begin with. */
  chosen: boolean
}

/** Where Windows keeps what has no field of our own. */
const DATA = "winlog.event_data"

/** In the order in which people ask; chosen to begin with is what says what happened, not where or which build of it. */
const FIELDS: Readonly<Record<string, boolean>> = {
  "process.executable": true,
  "process.command_line": true,
  "process.parent.executable": true,
  "process.parent.command_line": false,
  "user.name": true,
  "process.hash.sha256": false,
  "file.path": true,
  "tramgac.file.previous_path": true,
  "file.hash.sha256": false,
  "destination.ip": true,
  "destination.port": true,
  message: true,
  "event.code": true,
  ...windows({
    Image: true,
    CommandLine: true,
    ParentImage: true,
    ParentCommandLine: false,
    User: true,
    Signature: true,
    SignatureStatus: true,
    Company: false,
    Hashes: false,
    ImageLoaded: true,
    TargetFilename: true,
    TargetObject: true,
    Details: false,
    ScriptBlockText: true,
    QueryName: true,
    DestinationHostname: true,
    DestinationIp: false,
    DestinationPort: true,
    ServiceName: true,
    ImagePath: true,
    TaskName: true,
    SubjectUserName: true,
    TargetUserName: true,
  }),
}

/** So much of a value is looked for as it stands; of a longer one it is how it begins. */
const LONGEST = 600
/** Needs no quotes: no space, wildcard, quote, parenthesis, and no beginning of a range. */
const PLAIN = /^[\p{L}\p{N}_/\\.:@%+~-]+$/u

/** What all events of an alert have alike, as far as it tells. */
export function tellingOf(events: readonly StoredEvent[]): Telling[] {
  const [first, ...others] = events.map(flat)
  if (!first) return []
  return Object.entries(FIELDS).flatMap(([field, chosen]) => {
    const value = first[field]
    const alike = value !== undefined && others.every((event) => event[field] === value)
    return alike ? [{ field, value, chosen }] : []
  })
}

/** The search that is true where all of these are. */
export function searchOf(terms: readonly Pick<Telling, "field" | "value">[]): string {
  return terms.map(({ field, value }) => `${field}:${written(value)}`).join(" and ")
}

function windows(names: Record<string, boolean>): Record<string, boolean> {
  return Object.fromEntries(Object.entries(names).map(([name, chosen]) => [`${DATA}.${name}`, chosen]))
}

function flat({ fields }: StoredEvent): Record<string, string> {
  const data = fields[DATA]
  const inner = typeof data === "object" && data !== null ? Object.entries(data) : []
  const all = [...Object.entries(fields), ...inner.map(([name, value]) => [`${DATA}.${name}`, value] as const)]
  return Object.fromEntries(
    all
      .filter(([, value]) => (typeof value === "string" && value !== "") || typeof value === "number")
      .map(([name, value]) => [name, String(value)]),
  )
}

function written(value: string): string {
  if (PLAIN.test(value) && value.length <= LONGEST) return value
  const points = Array.from(value)
  const begins = points.slice(0, LONGEST).map(escaped).join("")
  return `"${begins}${points.length > LONGEST ? "*" : ""}"`
}

/** What cannot be seen would stand unseen in a field of the form: any one character is looked for in its place. */
function escaped(character: string): string {
  if (visible(character) !== character) return "?"
  return /["\\*?]/u.test(character) ? `\\${character}` : character
}
