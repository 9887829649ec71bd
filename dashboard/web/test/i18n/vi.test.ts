import assert from "node:assert/strict"
import { test } from "node:test"
import { en } from "../../src/i18n/en.ts"
import type { Key } from "../../src/i18n/translate.ts"
import { vi } from "../../src/i18n/vi.ts"

const keys = Object.keys(en) as Key[]
const holes = (text: string) => [...text.matchAll(/\{(\w+)(?::[^{}]+)?\}/gu)].map((match) => match[1]).toSorted()

test("both languages have the same keys and the same holes, and no sentence is empty", () => {
  assert.deepEqual(Object.keys(vi).toSorted(), keys.toSorted())
  for (const key of keys) {
    assert.notEqual(vi[key].trim(), "", key)
    assert.deepEqual(holes(vi[key]), holes(en[key]), key)
    assert.equal(vi[key], vi[key].normalize("NFC"), key)
  }
})
