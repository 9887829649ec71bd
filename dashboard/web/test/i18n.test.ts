import assert from "node:assert/strict"
import { readdirSync, readFileSync } from "node:fs"
import { test } from "node:test"
import { en } from "../src/i18n/en.ts"
import { formats, instant } from "../src/i18n/format.ts"
import { known, preferred, translate, type Key } from "../src/i18n/translate.ts"
import { vi } from "../src/i18n/vi.ts"

const keys = Object.keys(en) as Key[]
const holes = (text: string) => [...text.matchAll(/\{(\w+)\}/gu)].map((match) => match[1]).toSorted()

test("both languages have the same keys and the same holes, and no sentence is empty", () => {
  assert.deepEqual(Object.keys(vi).toSorted(), keys.toSorted())
  for (const key of keys) {
    assert.notEqual(vi[key].trim(), "", key)
    assert.deepEqual(holes(vi[key]), holes(en[key]), key)
    assert.equal(vi[key], vi[key].normalize("NFC"), key)
  }
})

test("holes are filled, those without a value stay, inherited names are no values", () => {
  assert.equal(translate("en", "filter_rule", { rule: "x" }), "Rule: x")
  assert.equal(translate("en", "filter_rule"), "Rule: {rule}")
  assert.equal(translate("vi", "failed", { reason: "{name}" }), "Chưa lưu được: {name}")
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

test("no sentence is left over", () => {
  const folder = new URL("../src/", import.meta.url)
  const sources = readdirSync(folder, { recursive: true, encoding: "utf-8" })
    .filter((name) => /\.tsx?$/u.test(name) && !/^i18n\/(en|vi)\.ts$/u.test(name))
    .map((name) => readFileSync(new URL(name, folder), "utf-8"))
    .join("\n")
  const looked = [...sources.matchAll(/(?:word|known)\("(\w+)"|`(\w+)_\$\{/gu)].map((match) => match[1] ?? match[2])
  const unused = keys.filter(
    (key) => !sources.includes(`"${key}"`) && !looked.some((prefix) => prefix && key.startsWith(`${prefix}_`)),
  )
  assert.deepEqual(unused, [])
})
