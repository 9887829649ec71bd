import { QueryClient, QueryObserver } from "@tanstack/react-query"
import assert from "node:assert/strict"
import { test } from "node:test"
import { askAgain, askOnceMore } from "../../src/live/askAgain.ts"
import { settle, until } from "../stubs.ts"

/** Something that is looked at; each answer comes when it is let. */
function watched(client: QueryClient, key: string) {
  const asked: ((answer: string) => void)[] = []
  const shown: unknown[] = []
  const observer = new QueryObserver(client, {
    queryKey: [key],
    queryFn: () => new Promise<string>((resolve) => asked.push(resolve)),
    retry: false,
  })
  observer.subscribe(({ data }) => shown.at(-1) !== data && shown.push(data))
  return { asked, shown }
}

test("an answer under way is shown and asked for once more, however often that is wanted", async () => {
  const client = new QueryClient()
  const { asked, shown } = watched(client, "a")
  const other = watched(client, "b")
  const wanted = [askAgain(client, { queryKey: ["a"] }), askAgain(client, { queryKey: ["a"] })]
  assert.equal(asked.length, 1)
  asked[0]?.("of before")
  await settle()
  assert.deepEqual([shown.at(-1), asked.length], ["of before", 2])
  asked[1]?.("of after")
  await Promise.all(wanted)
  assert.deepEqual(shown.at(-1), "of after")

  const again = [askAgain(client, { queryKey: ["a"] }), askAgain(client, { queryKey: ["a"] })]
  assert.equal(asked.length, 3) // at once; what changed after that is asked for when it is there
  asked[2]?.("too early")
  await settle()
  asked[3]?.("last")
  await Promise.all(again)
  assert.deepEqual([shown.at(-1), asked.length, other.asked.length], ["last", 4, 1])
  client.clear()
})

test("what is not being asked for is left as it is, and the rest waits a moment", async () => {
  const client = new QueryClient()
  const { asked } = watched(client, "a")
  const wanted = askOnceMore(client, { queryKey: ["a"] }, 50)
  asked[0]?.("first")
  await settle()
  assert.equal(asked.length, 1)
  await until(() => asked.length === 2)
  asked[1]?.("second")
  await wanted
  await askOnceMore(client, { queryKey: ["a"] })
  assert.equal(asked.length, 2)
  client.clear()
})

test("who is asked and fails, or is left, does not stop the others", async () => {
  const client = new QueryClient()
  const { asked, shown } = watched(client, "a")
  const wanted = askAgain(client)
  await client.cancelQueries({ queryKey: ["a"] })
  await settle()
  assert.equal(asked.length, 2)
  asked[1]?.("whole")
  await wanted
  assert.deepEqual(shown.at(-1), "whole")
  client.clear()
})
