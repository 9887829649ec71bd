import assert from "node:assert/strict"
import { test } from "node:test"
import { en } from "../../src/i18n/en.ts"
import { exceptionsEn, exceptionsVi } from "../../src/i18n/exceptions.ts"
import { vi } from "../../src/i18n/vi.ts"

test("nobody else has these sentences, and both languages take them in", () => {
  for (const [key, text] of Object.entries(exceptionsEn)) assert.equal(en[key as keyof typeof en], text)
  for (const [key, text] of Object.entries(exceptionsVi)) assert.equal(vi[key as keyof typeof en], text)
})

test("in Vietnamese an exception is one word, and nothing else has it", () => {
  const others = Object.entries(vi).filter(([key]) => !Object.hasOwn(exceptionsVi, key) && !key.startsWith("refusal_"))
  assert.deepEqual(others.filter(([, text]) => /ngoại lệ/iu.test(text)), [])
})
