import assert from "node:assert/strict"
import { test } from "node:test"
import { ApiError, get, onSignedOut, post } from "../src/http.ts"
import { collector } from "./stubs.ts"

const failure = (code: string, status: number, params: Record<string, unknown> = {}) => (error: unknown) => {
  assert.ok(error instanceof ApiError)
  assert.deepEqual([error.code, error.status, error.params], [code, status, params])
  return true
}

test("what is asked for stands in the address, what is empty does not", async (t) => {
  const calls = collector(t, () => Response.json({ items: ["Đà Nẵng"] }))
  assert.deepEqual(await get("hosts", { host: "máy &1", rule: "" }), { items: ["Đà Nẵng"] })
  await get("hosts")
  assert.deepEqual(calls.map((call) => call.url), ["./api/hosts?host=m%C3%A1y+%261", "./api/hosts"])
  assert.equal(calls[0]?.options.credentials, "same-origin")
})

test("what is sent is JSON, and an answer without a body is undefined", async (t) => {
  const calls = collector(t, (_, number) => (number === 1 ? new Response(null, { status: 204 }) : Response.json({ id: "a" })))
  assert.equal(await post("logout", {}), undefined)
  assert.deepEqual(await post("x", { note: "dòng\n\u202e" }), { id: "a" })
  assert.equal(calls[1]?.options.method, "POST")
  assert.deepEqual(calls[1]?.options.headers, { "content-type": "application/json" })
  assert.deepEqual(JSON.parse(String(calls[1]?.options.body)), { note: "dòng\n\u202e" })
})

test("the collector's own word for a failure is told, with what it is about", async (t) => {
  collector(t, () => Response.json({ error: "conflict", params: { version: 5 } }, { status: 409 }))
  await assert.rejects(post("x", {}), failure("conflict", 409, { version: 5 }))
})

test("an answer that is not the collector's is told by its status", async (t) => {
  const answers = [
    new Response("<h1>Bad gateway</h1>", { status: 502 }),
    Response.json({ detail: [] }, { status: 422 }),
    Response.json({ error: 7 }, { status: 400 }),
  ]
  collector(t, (_, number) => answers[number - 1] ?? Response.error())
  await assert.rejects(get("a"), failure("unavailable", 502))
  await assert.rejects(get("a"), failure("bad_request", 422))
  await assert.rejects(get("a"), failure("bad_request", 400))
})

test("no network is a failure of its own; a question that nobody waits for any more is none", async (t) => {
  const gone = new TypeError("fetch failed")
  collector(t, () => Promise.reject(gone))
  await assert.rejects(get("a"), failure("unreachable", 0))
  const end = new AbortController()
  end.abort()
  await assert.rejects(get("a", {}, end.signal), (error) => error === gone)
})

test("that nobody is signed in is told to those who asked, until they stop", async (t) => {
  collector(t, () => Response.json({ error: "not_signed_in" }, { status: 401 }))
  let told = 0
  const stop = onSignedOut(() => told++)
  await assert.rejects(get("a"), failure("not_signed_in", 401))
  stop()
  await assert.rejects(get("a"), failure("not_signed_in", 401))
  assert.equal(told, 1)
})
