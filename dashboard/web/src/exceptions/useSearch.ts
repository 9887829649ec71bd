import { useState } from "react"
import type { Asked } from "./calls.ts"
import type { Start } from "./ExceptionForm.tsx"
import { searchOf } from "./telling.ts"
import type { Place } from "./Where.tsx"

export interface Search {
  ticked: ReadonlySet<string>
  /** What was written by hand; null while the ticks make the search. */
  hand: string | null
  query: string
  place: Place
  /** All of it, as the collector is asked. */
  asked: Asked
  tick(field: string): void
  write(text: string | null): void
  setPlace(place: Place): void
}

/** What the form looks for and where: of its ticks or its text, and of the places that there are. */
export function useSearch(start: Start): Search {
  const [ticked, setTicked] = useState<ReadonlySet<string>>(() => beginning(start))
  const [hand, setHand] = useState<string | null>(start.query || (start.terms.length > 0 ? null : ""))
  const [chosen, setPlace] = useState<Place>()
  const place = chosen ?? (start.site ? "site" : start.host ? "host" : "everywhere")
  const query = hand ?? searchOf(start.terms.filter(({ field }) => ticked.has(field)))
  return {
    ticked,
    hand,
    query,
    place,
    asked: {
      rule: start.rule,
      query: place === "host" ? onHost(start, query, hand !== null) : query,
      site: place === "site" ? start.site : "",
    },
    tick: (field) => setTicked(toggled(ticked, field)),
    write: setHand,
    setPlace,
  }
}

/** What was written by hand may have an "or" in it. */
function onHost({ host }: Start, query: string, byHand: boolean): string {
  const term = searchOf([{ field: "host", value: host?.id ?? "" }])
  return `${term} and ${byHand ? `(${query})` : query}`
}

const beginning = ({ terms }: Start): Set<string> => new Set(terms.filter((term) => term.chosen).map((term) => term.field))

const toggled = (ticked: ReadonlySet<string>, field: string): ReadonlySet<string> =>
  ticked.has(field) ? new Set([...ticked].filter((each) => each !== field)) : new Set([...ticked, field])
