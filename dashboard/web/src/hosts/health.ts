/** What a host's numbers mean. Pure. */
import type { Completeness, Host } from "../api.ts"

export interface Account {
  dropped: number
  /** Before they were numbered, against our will. */
  missed: number
  /** Left out on purpose by the host's own policy, and counted: no loss. */
  filtered: number
  gaps: number
  /** For how long nobody watched, seconds: what happened then is in no other number. */
  unwatched: number
  /** Events that will never reach the collector, by every account. */
  lost: number
  /** emitted - (acked + spooled + dropped): zero, or the ledger does not add up. */
  off: number
}

/** The class of `missed` that is no loss. */
export const FILTERED = "filter"

const sum = (counts: Record<string, number>) => Object.values(counts).reduce((all, each) => all + each, 0)

export function account(told: Completeness): Account {
  const { emitted, acked, spooled, dropped, missed, gaps } = told
  const given = sum(dropped)
  const filtered = missed[FILTERED] ?? 0
  const unseen = sum(missed) - filtered
  return {
    dropped: given,
    missed: unseen,
    filtered,
    gaps: told.gaps_total ?? gaps.length,
    unwatched: sum(told.missed_seconds ?? {}),
    lost: given + unseen,
    off: emitted - acked - spooled - given,
  }
}

/** A text without marks and case, so that "da nang" finds "Đà Nẵng". */
export function folded(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").replaceAll("đ", "d").replaceAll("Đ", "D").toLowerCase()
}

export function fits(host: Host, text: string): boolean {
  const wanted = folded(text.trim())
  return [host.name, host.id, host.os, host.os_name ?? "", host.site ?? ""].some((each) => folded(each).includes(wanted))
}
