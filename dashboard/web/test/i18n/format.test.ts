import assert from "node:assert/strict"
import { test } from "node:test"
import { formats, instant } from "../../src/i18n/format.ts"

test("times with nine decimals, and texts that are no times", () => {
  assert.equal(instant("2026-11-24T15:43:37.123456789Z"), Date.UTC(2026, 10, 24, 15, 43, 37, 123))
  assert.equal(instant("2026-11-24T15:43:37Z"), Date.UTC(2026, 10, 24, 15, 43, 37))
  assert.ok(Number.isNaN(instant(null)))
  assert.equal(formats("vi").moment(Number.NaN), "–")
})

test("times, numbers and durations in both languages", () => {
  const at = Date.UTC(2026, 10, 24, 8, 43, 37)
  const viet = formats("vi", "Asia/Ho_Chi_Minh")
  const english = formats("en", "Asia/Ho_Chi_Minh")
  assert.equal(viet.moment(at), "24/11/2026 15:43:37")
  assert.equal(viet.relative(at, at + 125_000), "2 phút trước")
  assert.equal(english.relative(at, at + 7_300_000), "2 hours ago")
  assert.equal(viet.number(1_002_117.5), "1.002.117,5")
  assert.equal(english.number(184_220), "184,220")
  assert.equal(viet.duration(420), "420 ms")
  assert.equal(viet.duration(1400), "1,4 giây")
  assert.equal(english.duration(3_720_000), "1 hour")
})

test("Vietnamese order: Đ stands before E", () => {
  assert.deepEqual(["Em", "Đà Nẵng", "Cà Mau"].toSorted(formats("vi").compare), ["Cà Mau", "Đà Nẵng", "Em"])
})
