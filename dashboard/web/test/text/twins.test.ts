import assert from "node:assert/strict"
import { test } from "node:test"
import { called, twins } from "../../src/text/twins.ts"

test("hosts of one name are told apart by how their ids begin", () => {
  const hosts = [
    { id: "a1".repeat(16), name: "vm" },
    { id: "b2".repeat(16), name: "vm" },
    { id: "c3".repeat(16), name: "pc" },
    { id: "c3".repeat(16), name: "pc" },
    { id: "d4".repeat(16), name: "" },
  ]
  const shared = twins(hosts)
  assert.deepEqual([...shared], ["vm"])
  assert.deepEqual(
    hosts.map((host) => called(host, shared)),
    ["vm (a1a1a1a1)", "vm (b2b2b2b2)", "pc", "pc", "d4".repeat(16)],
  )
})
