/** Marked parts of a value. The collector counts in Unicode code points; JavaScript's strings count UTF-16 units. */

export interface Part {
  text: string
  marked: boolean
}

/** Cut a value at its spans. Spans may overlap, be out of order or out of range; nothing of the value is lost. */
export function parts(value: string, spans: readonly (readonly [number, number])[]): Part[] {
  const points = Array.from(value)
  const found: Part[] = []
  let at = 0
  const add = (until: number, marked: boolean) => {
    if (until > at) found.push({ text: points.slice(at, until).join(""), marked })
    at = Math.max(at, until)
  }
  for (const [start, end] of spans.toSorted((a, b) => a[0] - b[0])) {
    add(Math.min(start, points.length), false)
    add(Math.min(end, points.length), true)
  }
  add(points.length, false)
  return found
}
