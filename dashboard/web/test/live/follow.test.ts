import assert from "node:assert/strict"
import { test, type TestContext } from "node:test"
import { follow } from "../../src/live/follow.ts"
import { browser, collector, events, settle, stub, until } from "../stubs.ts"

/** A tab: what it heard, and how it is closed. */
function tab(t: TestContext): { heard: string[]; close(): void } {
  const heard: string[] = []
  const close = follow({
    message: ({ data }) => heard.push(data),
    state: (state) => heard.push(state),
  })
  t.after(close)
  return { heard, close }
}

test("one tab reads for all, and the next takes over after the last id", async (t) => {
  browser(t)
  const calls = collector(t, ({ options }, number) => events(`id: ${number}\ndata: tin ${number}\n\n`, options.signal).response)
  const first = tab(t)
  const second = tab(t)
  await until(() => second.heard.includes("tin 1"))
  assert.deepEqual(first.heard, ["live", "tin 1"])
  assert.equal(calls.length, 1)
  first.close()
  await until(() => second.heard.includes("tin 2"))
  assert.equal(new Headers(calls[1]?.options.headers).get("last-event-id"), "1")
  assert.deepEqual(first.heard, ["live", "tin 1"])
})

test("a tab that comes later is told how things stand", async (t) => {
  browser(t)
  const calls = collector(t, ({ options }) => events("id: 1\ndata: tin\n\n", options.signal).response)
  const first = tab(t)
  await until(() => first.heard.includes("tin"))
  const later = tab(t)
  await until(() => later.heard.length > 0)
  assert.deepEqual(later.heard, ["live"])
  assert.equal(calls.length, 1)
})

test("without locks each tab reads for itself, and tells nobody", async (t) => {
  browser(t)
  stub(t, "navigator", {})
  const calls = collector(t, ({ options }, number) => events(`data: tin ${number}\n\n`, options.signal).response)
  const [first, second] = [tab(t), tab(t)]
  await until(() => first.heard.length > 1 && second.heard.length > 1)
  await settle()
  assert.deepEqual([first.heard, second.heard], [["live", "tin 1"], ["live", "tin 2"]])
  assert.equal(calls.length, 2)
})
