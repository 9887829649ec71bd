import assert from "node:assert/strict"
import { test } from "node:test"
import { known, preferred, translate } from "../../src/i18n/translate.ts"

test("holes are filled, those without a value stay, inherited names are no values", () => {
  assert.equal(translate("en", "filter_rule", { rule: "x" }), "Rule: x")
  assert.equal(translate("en", "filter_rule"), "Rule: {rule}")
  assert.equal(translate("vi", "failed", { reason: "{name}" }), "Chưa lưu được: {name}")
})

test("the number chooses the word beside it; Vietnamese has one", () => {
  assert.equal(translate("en", "close_all_count", { n: "1" }), "1 open alert gets this verdict.")
  assert.equal(translate("en", "close_all_count", { n: "1,001" }), "1,001 open alerts get this verdict.")
  assert.equal(translate("vi", "close_all_count", { n: 1 }), "1 cảnh báo đang mở sẽ nhận kết luận này.")
})

test("words of the collector are looked up safely", () => {
  assert.equal(known("verdict", "false_positive"), "verdict_false_positive")
  assert.equal(known("level", "CRITICAL"), "level_critical")
  assert.equal(known("verdict", "constructor"), null)
})

test("the first language that we speak, else Vietnamese", () => {
  assert.equal(preferred(["fr-FR", "en-US", "vi"]), "en")
  assert.equal(preferred(["vi-VN", "en"]), "vi")
  assert.equal(preferred(["fr"]), "vi")
  assert.equal(preferred([]), "vi")
})
