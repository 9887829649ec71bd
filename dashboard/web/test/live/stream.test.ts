import assert from "node:assert/strict"
import { test, type TestContext } from "node:test"
import { run, type State } from "../../src/live/stream.ts"
import { browser, collector, events, settle, until } from "../stubs.ts"

/** A reader that writes down what it is told, and stops when the test ends. */
function reader(t: TestContext): { told: string[]; end: AbortController; done: Promise<void> } {
  const told: string[] = []
  let last = ""
  const end = new AbortController()
  const stream = {
    lastId: () => last,
    message: ({ id, data }: { id: string; data: string }) => {
      last = id
      told.push(data)
    },
    state: (state: State, fresh: boolean) => told.push(fresh ? `${state}, fresh` : state),
  }
  const done = run(stream, end.signal)
  t.after(() => {
    end.abort()
    return done
  })
  return { told, end, done }
}

const lastId = (options: RequestInit | undefined) => new Headers(options?.headers).get("last-event-id")

test("a connection that ends is taken up again after the last id, and told apart from the first", async (t) => {
  const { window } = browser(t)
  t.mock.timers.enable({ apis: ["setTimeout"] }) // so that nothing but the network's return ends the wait
  const streams: { cut(): void }[] = []
  const calls = collector(t, ({ options }, number) => {
    const stream = events(`id: ${number}\ndata: Đà Nẵng ${number}\n\n`, options.signal)
    streams.push(stream)
    return stream.response
  })
  const { told } = reader(t)
  await until(() => told.length >= 2)
  streams[0]?.cut()
  await until(() => told.length >= 3)
  window.dispatchEvent(new Event("online"))
  await until(() => told.length >= 5)
  assert.deepEqual(told, ["live, fresh", "Đà Nẵng 1", "offline", "live", "Đà Nẵng 2"])
  assert.deepEqual(calls.map((call) => [call.url, lastId(call.options)]), [["./api/stream", null], ["./api/stream", "1"]])
})

test("a letter that is cut in two is one letter", async (t) => {
  browser(t)
  const bytes = Array.from(new TextEncoder().encode("data: Đế\n\n"), (byte) => Uint8Array.of(byte))
  collector(t, ({ options }) => events(bytes, options.signal).response)
  const { told } = reader(t)
  await until(() => told.length >= 2)
  assert.deepEqual(told, ["live, fresh", "Đế"])
})

test("whoever is not signed in is told so, and it is tried again", async (t) => {
  const { document } = browser(t)
  t.mock.timers.enable({ apis: ["setTimeout"] })
  const calls = collector(t, () => new Response(null, { status: 401 }))
  const { told } = reader(t)
  await until(() => told.length >= 2)
  document.dispatchEvent(new Event("visibilitychange"))
  await until(() => told.length >= 4)
  assert.deepEqual(told, ["signed_out", "offline", "signed_out", "offline"])
  assert.equal(calls.length, 2)
})

test("each failure waits twice as long as the one before, up to a quarter of a minute", async (t) => {
  browser(t)
  t.mock.timers.enable({ apis: ["setTimeout"] })
  t.mock.method(Math, "random", () => 1)
  const calls = collector(t, () => Promise.reject(new TypeError("no network")))
  const { told } = reader(t)
  for (const [index, wait] of [1000, 2000, 4000, 8000, 15_000, 15_000].entries()) {
    await until(() => told.length >= index + 1)
    t.mock.timers.tick(wait - 1)
    await settle()
    assert.equal(calls.length, index + 1, `${wait} ms`)
    t.mock.timers.tick(1)
    await settle()
    assert.equal(calls.length, index + 2, `${wait} ms`)
  }
})

test("after a connection that came up it waits short again", async (t) => {
  browser(t)
  t.mock.timers.enable({ apis: ["setTimeout"] })
  t.mock.method(Math, "random", () => 1)
  const calls = collector(t, (_, number) => {
    if (number < 4) throw new TypeError("no network")
    return new Response("")
  })
  const { told } = reader(t)
  for (const [index, wait] of [1000, 2000, 4000].entries()) {
    await until(() => told.length > index)
    t.mock.timers.tick(wait)
  }
  await until(() => told.length >= 5)
  assert.deepEqual(told.slice(3), ["live, fresh", "offline"])
  t.mock.timers.tick(500)
  await settle()
  assert.equal(calls.length, 5)
})

for (const said of ["", ":\n\n", "data: x\n\n"]) {
  test(`a connection on which nothing is said after ${JSON.stringify(said)} is dead`, async (t) => {
    browser(t)
    t.mock.timers.enable({ apis: ["setTimeout"] })
    collector(t, ({ options }) => events(said, options.signal).response)
    const { told } = reader(t)
    await until(() => told.length >= 1)
    await settle()
    t.mock.timers.tick(44_999)
    await settle()
    assert.ok(!told.includes("offline"))
    t.mock.timers.tick(1)
    await until(() => told.includes("offline"))
  })
}

test("who stops is told nothing more", async (t) => {
  browser(t)
  collector(t, ({ options }) => events("data: x\n\n", options.signal).response)
  const { told, end, done } = reader(t)
  await until(() => told.length >= 2)
  end.abort()
  await done
  assert.deepEqual(told, ["live, fresh", "x"])
})
