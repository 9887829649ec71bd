import type { AlertDetail, AlertRow } from "../api.ts"

/** What the list's row and the alert's detail both know. */
export type Head = AlertRow | AlertDetail

/** The row of an alert, out of either. */
export function rowOf(head: Head): AlertRow {
  return typeof head.rule === "string" ? (head as AlertRow) : { ...head, rule: head.rule.id }
}
