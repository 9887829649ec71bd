import assert from "node:assert/strict"
import { test } from "node:test"
import type { Condition } from "../../src/api.ts"
import { matched } from "../../src/text/reason.ts"

const held = (field: string, value: string, spans: [number, number][], negated = false): Condition => ({
  selection: "s",
  field,
  value,
  pattern: "*",
  spans,
  negated,
})

test("a value is given whole, not the piece that matched", () => {
  const path = "/opt/x/arena/var/log/auth.log"
  const why = [held("TargetFilename", path, [[12, 29]]), held("User", "an", []), held("Image", "/bin/x", [], true)]
  assert.equal(matched(why), `TargetFilename ${path}; User an`)
})

test("of a long value the marked pieces stand between ellipses", () => {
  const value = `${"a".repeat(300)}evil${"b".repeat(300)}`
  assert.equal(matched([held("CommandLine", value, [[300, 304]])]), "CommandLine … evil …")
  assert.equal(matched([held("CommandLine", value, [])]), `CommandLine ${"a".repeat(200)}…`)
  assert.equal(matched([held("CommandLine", value, [[0, 604]])]), `CommandLine ${"a".repeat(200)}…`)
})

test("all of it is bounded, and what is hidden is shown", () => {
  const why = Array.from({ length: 20 }, () => held("CommandLine", "x".repeat(100), []))
  assert.equal(Array.from(matched(why)).length, 601)
  assert.ok(matched(why).endsWith("…"))
  assert.ok(!matched([held("F", "a\u202eb", [])]).includes("\u202e"))
})
