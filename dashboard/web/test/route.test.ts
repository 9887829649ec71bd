import assert from "node:assert/strict"
import { test } from "node:test"
import { EVERYTHING_OPEN, format, onceToken, PAGES, parse, type Route } from "../src/route.ts"

test("every address reads back as what was written", () => {
  const routes: Route[] = [
    { page: "alerts", id: "", filter: EVERYTHING_OPEN, show: "" },
    {
      page: "alerts", id: "a/b?c#d %", show: "",
      filter: { status: "closed", severity: ["critical", "low"], host: "máy &1", rule: "r=1" },
    },
    { page: "hosts", id: "", filter: EVERYTHING_OPEN, show: "" },
    { page: "hosts", id: "00ff", filter: EVERYTHING_OPEN, show: "" },
    { page: "exceptions", id: "7", filter: { ...EVERYTHING_OPEN, rule: "r=1" }, show: "soon" },
  ]
  for (const route of routes) assert.deepEqual(parse(format(route)), route)
})

test("what is as usual does not stand in the address", () => {
  assert.equal(format({ page: "alerts", id: "x", filter: EVERYTHING_OPEN }), "#/alerts/x")
  assert.equal(
    format({ page: "alerts", id: "", filter: { ...EVERYTHING_OPEN, severity: ["critical", "high"] } }),
    "#/alerts?severity=critical,high",
  )
})

test("each page has an address that is its word", () => {
  for (const page of PAGES) {
    assert.equal(format({ page }), `#/${page}`)
    assert.deepEqual(parse(`#/${page}/%C4%90`), { page, id: "Đ", filter: EVERYTHING_OPEN, show: "" })
  }
})

test("nonsense is the queue", () => {
  for (const hash of ["", "#", "#/", "#/nowhere/x", "#/alerts?severity=purple&status=odd", "#/alerts/%E0%A4%A"]) {
    assert.deepEqual(parse(hash), { page: "alerts", id: "", filter: EVERYTHING_OPEN, show: "" })
  }
})

test("the one-time token", () => {
  assert.equal(onceToken("#once=a%2Fb"), "a/b")
  assert.equal(onceToken("#/alerts"), null)
  assert.equal(onceToken("#once="), null)
})
