import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { test } from "node:test"
import { refusalsEn, refusalsVi } from "../../src/i18n/refusals.ts"

test("each is one that the collector has, and none of a search's is missing", () => {
  const folder = new URL("../../../../collector/tramgac_collector/", import.meta.url)
  const said = readFileSync(new URL("cli/complaints.py", folder), "utf-8")
  const has = new Set([...said.matchAll(/^ {4}([A-Z_]+) = /gmu)].map((match) => match[1]?.toLowerCase()))
  const ours = Object.keys(refusalsEn).map((key) => key.replace("refusal_", ""))
  assert.deepEqual(ours.filter((name) => !has.has(name)), [])
  const known = new Set([...ours, "search_ended", "search_large", "search_slow", "search_group", "search_host_unknown", "search_hosts"]) // these are of hunts alone
  const missing = [...has].filter((name) => name?.startsWith("search_") && !known.has(name))
  assert.deepEqual(missing, [])
})

test("both languages have the same", () => {
  assert.deepEqual(Object.keys(refusalsVi), Object.keys(refusalsEn))
})
