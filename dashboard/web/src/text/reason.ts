/** What held, as the beginning of a reason: it becomes the record, so a piece of a value is never given as the value. */
import type { Condition } from "../api.ts"
import { parts } from "./spans.ts"
import { visible } from "./visible.ts"

const LONGEST_VALUE = 200
const LONGEST = 600

/** The conditions that held, `FIELD VALUE; ...`; of a long value its marked pieces between ellipses. */
export function matched(why: readonly Condition[]): string {
  const held = why
    .filter((condition) => !condition.negated)
    .map(({ field, value, spans }) => `${field} ${visible(shortened(value, spans))}`)
  return cut(held.join("; "), LONGEST)
}

function shortened(value: string, spans: Condition["spans"]): string {
  if (Array.from(value).length <= LONGEST_VALUE) return value
  const found = parts(value, spans)
  if (!found.some((part) => part.marked)) return cut(value, LONGEST_VALUE)
  // Text between two marks becomes one ellipsis, at the ends too.
  return cut(found.map((part) => (part.marked ? part.text : "…")).join(" "), LONGEST_VALUE)
}

function cut(text: string, most: number): string {
  const points = Array.from(text)
  return points.length <= most ? text : `${points.slice(0, most).join("")}…`
}
