/** What keeps the collector from its work, above every page: a quiet list must not pass for a quiet network. */
import { useQuery } from "@tanstack/react-query"
import { hindrances, type Hindrance } from "../api.ts"
import { useI18n } from "../i18n/useI18n.ts"

const EVERY_MS = 20_000
const MIB = 2 ** 20

/** What is in the way, as far as the collector said last. */
export function useHindrances(): Hindrance[] {
  const query = useQuery({
    queryKey: ["hindrances"],
    queryFn: ({ signal }) => hindrances(signal),
    refetchInterval: EVERY_MS,
  })
  return query.data?.items ?? []
}

export function Hindrances() {
  const { word, format } = useI18n()
  const found = useHindrances()
  if (found.length === 0) return null
  const said = ({ kind, free = 0, least = 0, roles = [], days = 0 }: Hindrance) =>
    word("hindrance", kind, {
      free: format.number(Math.floor(free / MIB)),
      least: format.number(Math.floor(least / MIB)),
      roles: roles.join(", "),
      days: format.number(days),
    })
  return (
    <div className="hindrances" role="alert">
      {found.map((each) => (
        <p key={each.kind} data-hindrance={each.kind}>
          {said(each)}
        </p>
      ))}
    </div>
  )
}
