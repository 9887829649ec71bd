import assert from "node:assert/strict"
import { test } from "node:test"
import type { Completeness, Host } from "../../src/api.ts"
import { account, fits, folded } from "../../src/hosts/health.ts"

const numbers: Completeness = {
  emitted: 100, acked: 80, spooled: 10, dropped: { spool_full: 7, spool_age: 3 }, missed: { ring_full: 5 }, gaps: [], gaps_total: 2,
}
const host: Host = {
  id: "00aa", name: "Đà Nẵng-01", os: "linux", agent_version: "", last_seen: null, skew_ms: 0, sensors: [],
  completeness: numbers, bundle: null,
}

test("the ledger: what is lost, and whether it adds up", () => {
  assert.deepEqual(account(numbers), { dropped: 10, missed: 5, filtered: 0, gaps: 2, unwatched: 0, lost: 15, off: 0 })
  assert.equal(account({ ...numbers, acked: 79 }).off, 1)
  const filtering = account({ ...numbers, missed: { ring_full: 5, filter: 90 } })
  assert.deepEqual([filtering.lost, filtering.missed, filtering.filtered], [15, 5, 90])
})

test("time that nobody watched is no loss of zero", () => {
  const down = { ...numbers, missed: { agent_down: 0 }, missed_seconds: { agent_down: 600 } }
  assert.equal(account(down).unwatched, 600)
  assert.equal(account(down).missed, 0)
})

test("hosts are found without marks", () => {
  assert.equal(folded("Đà Nẵng"), "da nang")
  assert.ok(fits(host, " da nang "))
  assert.ok(fits(host, "00AA"))
  assert.ok(fits(host, ""))
  assert.ok(!fits(host, "hue"))
})
