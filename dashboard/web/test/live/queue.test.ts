import assert from "node:assert/strict"
import { test } from "node:test"
import type { AlertPage, AlertRow } from "../../src/api.ts"
import { amend, belongs, prepend, seenUntil } from "../../src/live/queue.ts"
import { EVERYTHING_OPEN } from "../../src/route.ts"

const row = (id: string, more: Partial<AlertRow> = {}): AlertRow => ({
  id, title: "t", title_vi: "", level: "high", rule: "r", host: "h", hostname: "name", user: "", time: "", created: "",
  status: "open", verdict: null, tags: [], summary: "", version: 1, ...more,
})
const page = (...ids: string[]): AlertPage => ({ items: ids.map((id) => row(id)), next: null, total: 10, time: "" })
const ids = (pages: AlertPage[]) => pages.map((each) => each.items.map((item) => item.id))

test("which rows a filter lets through", () => {
  assert.ok(belongs(row("a"), EVERYTHING_OPEN))
  assert.ok(!belongs(row("a", { status: "closed" }), EVERYTHING_OPEN))
  assert.ok(belongs(row("a", { status: "closed" }), { ...EVERYTHING_OPEN, status: "all" }))
  assert.ok(!belongs(row("a"), { ...EVERYTHING_OPEN, severity: ["low"] }))
  assert.ok(belongs(row("a"), { ...EVERYTHING_OPEN, host: "name", rule: "r" }))
  assert.ok(belongs(row("a"), { ...EVERYTHING_OPEN, host: "h" }))
  assert.ok(!belongs(row("a"), { ...EVERYTHING_OPEN, rule: "other" }))
})

test("what was seen ends with the look at it, or with a newer row on top", () => {
  const looked = { ...page("a"), time: "2026-11-24T08:00:00.5Z" }
  assert.equal(seenUntil([looked]), "2026-11-24T08:00:00.5Z")
  assert.equal(seenUntil(prepend([looked], [row("b", { created: "2026-11-24T08:00:01Z" })])), "2026-11-24T08:00:01Z")
  assert.equal(seenUntil(prepend([looked], [row("b", { created: "2026-11-24T08:00:00Z" })])), "2026-11-24T08:00:00.5Z")
  assert.equal(seenUntil([]), "")
})

test("new rows go on top, each once, and are counted", () => {
  const pages = prepend([page("b", "c"), page("d")], [row("a"), row("c"), row("d")])
  assert.deepEqual(ids(pages), [["a", "b", "c"], ["d"]])
  assert.equal(pages[0]?.total, 11)
  assert.deepEqual(prepend([], [row("a")]), [])
})

test("a changed row keeps its place; the total follows", () => {
  const pages = [page("a", "b"), page("c")]
  const closed = amend(pages, row("b", { status: "closed", verdict: "benign" }), EVERYTHING_OPEN)
  assert.deepEqual(ids(closed), [["a", "b"], ["c"]])
  assert.equal(closed[0]?.items[1]?.verdict, "benign")
  assert.equal(closed[0]?.total, 9)
  const again = amend(closed, row("b"), EVERYTHING_OPEN)
  assert.equal(again[0]?.total, 10)
  assert.deepEqual(amend(pages, row("unknown"), EVERYTHING_OPEN), pages)
})
