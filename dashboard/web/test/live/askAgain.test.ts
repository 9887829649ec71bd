import { QueryClient, QueryObserver } from "@tanstack/react-query"
import assert from "node:assert/strict"
import { test } from "node:test"
import { askAgain } from "../../src/live/askAgain.ts"
import { settle } from "../stubs.ts"

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

test("a first answer is shown and asked for once more; a later one is asked for at once", async () => {
  const client = new QueryClient()
  const { asked, shown } = watched(client, "a")
  const other = watched(client, "b")
  const done = askAgain(client, { queryKey: ["a"] })
  assert.equal(asked.length, 1)
  asked[0]?.("of before")
  await settle()
  assert.deepEqual(shown.at(-1), "of before")
  assert.equal(asked.length, 2)
  asked[1]?.("of after")
  await done
  assert.deepEqual(shown.at(-1), "of after")

  const again = askAgain(client, { queryKey: ["a"] })
  assert.equal(asked.length, 3)
  const meanwhile = askAgain(client, { queryKey: ["a"] }) // what is under way is of before this
  assert.equal(asked.length, 4)
  asked[2]?.("too early")
  asked[3]?.("last")
  await Promise.all([again, meanwhile])
  await settle()
  assert.deepEqual([shown.at(-1), asked.length, other.asked.length], ["last", 4, 1])
  client.clear()
})
