import assert from "node:assert/strict"
import { test } from "node:test"
import { bulkEn, bulkVi } from "../../src/i18n/bulk.ts"
import { en } from "../../src/i18n/en.ts"
import { vi } from "../../src/i18n/vi.ts"

test("both languages take them in as they are", () => {
  assert.deepEqual(Object.keys(bulkVi), Object.keys(bulkEn))
  for (const key of Object.keys(bulkEn) as (keyof typeof bulkEn)[]) assert.deepEqual([en[key], vi[key]], [bulkEn[key], bulkVi[key]])
})
