import assert from "node:assert/strict"
import { test } from "node:test"
import type { Exception } from "../../src/exceptions/calls.ts"
import { concerns, fits, marksOf, ofEvery, stands, viewOf, VIEWS } from "../../src/exceptions/notable.ts"

const DAY = 86_400_000
const NOW = Date.UTC(2026, 10, 30)
const at = (days: number) => new Date(NOW + days * DAY).toISOString()
const row = (more: Partial<Exception> = {}): Exception => ({
  id: 7, rule: "r-1", title: "Shell", title_vi: "Trình vỏ", site: "Đà Nẵng", query: "user.name:an", by: "binh", why: "backup",
  time: at(-1), expires: at(80), state: "active", fault: "", fault_params: {}, held: 0, last: null, held_a_day: 0,
  ended: null, ended_by: "", ended_why: "", prolonged: null, prolonged_by: "", prolonged_why: "", ...more,
})
const views = (one: Exception) => VIEWS.filter((view) => stands(one, view, NOW))

test("a new one has nothing odd about it", () => {
  assert.deepEqual(marksOf(row(), NOW), [])
  assert.deepEqual(views(row()), ["active", "all"])
})

test("what stands out, and where it is listed", () => {
  const old = { time: at(-8) }
  assert.deepEqual(marksOf(row(old), NOW), ["idle"])
  assert.deepEqual(marksOf(row({ ...old, held: 1 }), NOW), [])
  assert.deepEqual(marksOf(row({ held: 9000, held_a_day: 500.1 }), NOW), ["loud"])
  assert.deepEqual(views(row({ held_a_day: 500 })), ["active", "all"])
  assert.deepEqual(views(row({ expires: at(6.9) })), ["active", "soon", "all"])
  assert.deepEqual(views(row({ expires: null, fault: "x" })), ["active", "notable", "all"])
})

test("of those that ended nothing stands out", () => {
  for (const state of ["ended", "expired"] as const) {
    assert.deepEqual(marksOf(row({ state, fault: "x", time: at(-99), expires: at(-1) }), NOW), [])
    assert.deepEqual(views(row({ state })), ["ended", "all"])
  }
})

test("found by any of its words, without marks and case", () => {
  for (const text of ["", "#7", "SHELL", "da nang", "backup binh", "user.name:an", "trinh vo"]) assert.ok(fits(row(), text), text)
  assert.ok(!fits(row(), "backup huế"))
})

test("one of every rule is found by what it is called, in either language", () => {
  const every = row({ rule: "*", title: "", title_vi: "" })
  assert.deepEqual([fits(every, "every rule"), fits(every, "mọi luật"), fits(row(), "every rule")], [true, true, false])
  assert.deepEqual([ofEvery(every), concerns(every, "r-1"), ofEvery(row())], [true, true, false])
})

test("whose it is, and words that are no view", () => {
  assert.ok(concerns(row(), "r-1") && concerns(row({ rule: "*" }), "r-1") && !concerns(row(), "r-2"))
  assert.deepEqual([viewOf("soon"), viewOf(""), viewOf("purple")], ["soon", "active", "active"])
})
