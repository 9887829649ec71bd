/** What the collector's API says of exceptions, and one function for each call. */
import type { Closed, Verdict } from "../api.ts"
import { get, post } from "../http.ts"

/** A rule does not alert where an event meets a search. Times are RFC 3339 in UTC. */
export interface Exception {
  id: number
  /** A rule's id; `*` for every rule. */
  rule: string
  /** Of the rule; empty where it is not on offer. */
  title: string
  title_vi: string
  /** Empty for everywhere. */
  site: string
  query: string
  by: string
  why: string
  time: string
  /** When it ends by itself; null: never. */
  expires: string | null
  state: "active" | "expired" | "ended"
  /** Why it cannot be read, and so holds back nothing. */
  fault: string
  fault_params: Record<string, unknown>
  held: number
  last: string | null
  /** Over the last week. */
  held_a_day: number
  ended: string | null
  ended_by: string
  ended_why: string
  /** When somebody last gave it a later end. */
  prolonged: string | null
  prolonged_by: string
  prolonged_why: string
}

/** An alert that there is not, by the first of its events. */
export interface Held {
  alert: string
  rule: string
  title: string
  title_vi: string
  hostname: string
  summary: string
  time: string
  /** When it was held back. */
  seen: string
  event: { id: { host: string; epoch: string; lane: number; sequence: number }; kind: string; fields: Record<string, unknown> }
}

export interface ExceptionDetail extends Exception {
  /** How many it held back, by rule. */
  rules: Record<string, number>
  recent: Held[]
}

/** A past alert that an exception would have held back. */
export interface Sample {
  id: string
  title: string
  title_vi: string
  hostname: string
  summary: string
  verdict: string | null
  time: string
}

/** What an exception would have held back. */
export interface Trial {
  days: number
  /** Of so many stored events its search is true; null: nobody can say now. */
  events: number | null
  /** Nearly every event meets it. */
  wide: boolean
  /** The number of one in force that says all of it. */
  same: number | null
  alerts: {
    looked: number
    held: number
    open: number
    /** Some that people found true, and how many there are. */
    against: string[]
    contested: number
    unsure: number
    more: boolean
    some: Sample[]
  }
}

export interface Asked {
  rule: string
  query: string
  site: string
}

export interface Wish {
  why: string
  /** From now; null: without an end. */
  valid_days: number | null
  /** Also where it is wide, or people found true what it holds back. */
  force: boolean
}

export const exceptions = (signal?: AbortSignal) => get<{ items: Exception[] }>("exceptions", { all: "true" }, signal)
export const exception = (id: number, signal?: AbortSignal) => get<ExceptionDetail>(`exceptions/${id}`, {}, signal)
export const tryException = (asked: Asked, signal?: AbortSignal) => post<Trial>("exceptions/try", asked, signal)
export const stateException = (asked: Asked, wish: Wish) => post<Exception>("exceptions", { ...asked, ...wish })
export const prolongException = (id: number, wish: Wish) => post<Exception>(`exceptions/${id}/prolong`, wish)
/** Closes the open alerts that it fits, for a second or two: to be repeated while any are left and some were decided. */
export const closeFitting = (id: number, verdict: Verdict, note: string) =>
  post<Closed>(`exceptions/${id}/close`, { verdict, note })
export const endException = (id: number, why: string) => post<Exception>(`exceptions/${id}/end`, { why })
