import assert from "node:assert/strict"
import { test } from "node:test"
import type { AlertPage, AlertRow } from "../src/api.ts"
import { amend, belongs, prepend } from "../src/live/queue.ts"
import { EventReader } from "../src/live/sse.ts"
import { EVERYTHING_OPEN } from "../src/route.ts"

const row = (id: string, more: Partial<AlertRow> = {}): AlertRow => ({
  id, title: "t", title_vi: "", level: "high", rule: "r", host: "h", hostname: "name", user: "", time: "", created: "",
  status: "open", verdict: null, tags: [], summary: "", version: 1, ...more,
})
const page = (...ids: string[]): AlertPage => ({ items: ids.map((id) => row(id)), next: null, total: 10 })
const ids = (pages: AlertPage[]) => pages.map((each) => each.items.map((item) => item.id))

const STREAM = "retry: 2000\nid: 7\n\nid: 8\nevent: alert\ndata: {\"a\":\ndata: 1}\n\n:\n\ndata: plain\r\n\r\nid: 9\revent: reset\rdata: {}\r\r: end\n"

test("a stream reads the same however it is cut", () => {
  const whole = new EventReader().push(STREAM)
  assert.deepEqual(whole, [
    { id: "7", event: "", data: "" },
    { id: "8", event: "alert", data: '{"a":\n1}' },
    { id: "8", event: "message", data: "plain" },
    { id: "9", event: "reset", data: "{}" },
  ])
  for (let cut = 0; cut <= STREAM.length; cut++) {
    const reader = new EventReader()
    assert.deepEqual([...reader.push(STREAM.slice(0, cut)), ...reader.push(STREAM.slice(cut))], whole, `cut at ${cut}`)
  }
  const reader = new EventReader()
  assert.deepEqual([...STREAM].flatMap((character) => reader.push(character)), whole)
})

test("an id with NUL is none", () => {
  assert.deepEqual(new EventReader().push("id: a\0b\ndata: x\n\n"), [{ id: "", event: "message", data: "x" }])
})

test("which rows a filter lets through", () => {
  assert.ok(belongs(row("a"), EVERYTHING_OPEN))
  assert.ok(!belongs(row("a", { status: "closed" }), EVERYTHING_OPEN))
  assert.ok(belongs(row("a", { status: "closed" }), { ...EVERYTHING_OPEN, status: "all" }))
  assert.ok(!belongs(row("a"), { ...EVERYTHING_OPEN, severity: ["low"] }))
  assert.ok(belongs(row("a"), { ...EVERYTHING_OPEN, host: "name", rule: "r" }))
  assert.ok(belongs(row("a"), { ...EVERYTHING_OPEN, host: "h" }))
  assert.ok(!belongs(row("a"), { ...EVERYTHING_OPEN, rule: "other" }))
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
