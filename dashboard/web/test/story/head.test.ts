import assert from "node:assert/strict"
import { test } from "node:test"
import type { AlertDetail, AlertRow } from "../../src/api.ts"
import { rowOf } from "../../src/story/head.ts"

const row: AlertRow = {
  id: "a", title: "Shell", title_vi: "Vỏ lệnh", level: "high", rule: "r-1", host: "h", hostname: "máy-01", user: "an", time: "",
  created: "", status: "closed", verdict: "benign", tags: [], summary: "curl | sh", version: 4,
}

test("a row is its own row", () => {
  assert.equal(rowOf(row), row)
})

test("out of a detail comes a row that filters and lists can compare", () => {
  const rule = { id: "r-1", title: "Shell", level: "high" as const, tags: [] }
  const detail: AlertDetail = { ...row, rule, why: [], events: [], notes: [], history: [], latency_ms: null }
  const made = rowOf(detail)
  for (const [name, value] of Object.entries(row)) assert.deepEqual(made[name as keyof AlertRow], value, name)
  assert.equal(detail.rule, rule)
})
