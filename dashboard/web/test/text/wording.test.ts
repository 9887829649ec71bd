import assert from "node:assert/strict"
import { test } from "node:test"
import { descriptionOf, falsePositivesOf, stepsOf, titleOf } from "../../src/text/wording.ts"

test("a rule speaks Vietnamese to those who read it, where its author did", () => {
  const rule = { title: "Shell", title_vi: "Vỏ lệnh", description: "It runs", description_vi: "Nó chạy" }
  assert.deepEqual([titleOf(rule, "vi"), descriptionOf(rule, "vi")], ["Vỏ lệnh", "Nó chạy"])
  assert.deepEqual([titleOf(rule, "en"), descriptionOf(rule, "en")], ["Shell", "It runs"])
  const bare = { title: "Shell", title_vi: "", description_vi: "" }
  assert.deepEqual([titleOf(bare, "vi"), descriptionOf(bare, "vi")], ["Shell", ""])
  assert.deepEqual(stepsOf({ triage: ["Look"], triage_vi: ["Xem"] }, "vi"), ["Xem"])
  assert.deepEqual(stepsOf({ triage: ["Look"], triage_vi: [] }, "vi"), ["Look"])
  assert.deepEqual(stepsOf({}, "en"), [])
  assert.deepEqual(falsePositivesOf({ falsepositives: ["A test"], falsepositives_vi: ["Kiểm thử"] }, "vi"), ["Kiểm thử"])
  assert.deepEqual(falsePositivesOf({ falsepositives: ["A test"], falsepositives_vi: [] }, "vi"), ["A test"])
  assert.deepEqual(falsePositivesOf({}, "vi"), [])
})
