import assert from "node:assert/strict"
import { test } from "node:test"
import { choices, dayAfter, untilDay, untilText, USUAL_DAYS } from "../../src/exceptions/lasting.ts"
import { formats } from "../../src/i18n/format.ts"
import { translate, type Key, type Params } from "../../src/i18n/translate.ts"

const NOW = Date.UTC(2026, 10, 30)
const say = { t: (key: Key, params?: Params) => translate("vi", key, params), format: formats("vi", "UTC") }

test("one is prolonged to a later end alone, a new one to any", () => {
  assert.ok(choices(NOW, null).includes(USUAL_DAYS))
  assert.deepEqual(choices(NOW, "2027-02-27T00:00:00.001Z"), [180, 366])
  assert.deepEqual(choices(NOW, "2027-02-27T00:00:00Z"), [90, 180, 366])
  assert.deepEqual(choices(NOW, "2027-12-01T00:00:00Z"), [])
})

test("the end in words, and the day of a choice", () => {
  assert.equal(untilText("2027-02-28T10:00:00Z", say), "đến 28/02/2027 10:00:00")
  assert.equal(untilDay("2027-02-28T10:00:00Z", say), "đến 28/02/2027")
  for (const until of [untilText, untilDay]) assert.equal(until(null, say), "không thời hạn")
  assert.equal(dayAfter(NOW, 90, say), "28/02/2027")
})
