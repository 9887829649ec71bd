import assert from "node:assert/strict"
import { test } from "node:test"
import { EventReader } from "../../src/live/sse.ts"

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
