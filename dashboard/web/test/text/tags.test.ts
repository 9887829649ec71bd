import assert from "node:assert/strict"
import { test } from "node:test"
import { techniques } from "../../src/text/tags.ts"

test("techniques are found among the tags, in one spelling", () => {
  assert.deepEqual(techniques(["attack.execution", "attack.T1059.004", "cve.2021-44228", "attack.t1105"]), ["T1059.004", "T1105"])
  assert.deepEqual(techniques(["attack.t1059.4", "xattack.t1059", "attack.t1059.004.x", ""]), [])
})
