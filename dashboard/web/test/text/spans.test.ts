import assert from "node:assert/strict"
import { test } from "node:test"
import { parts } from "../../src/text/spans.ts"

test("spans count code points, not UTF-16 units", () => {
  assert.deepEqual(parts("echo 😀😀 | base64 -d", [[10, 19]]), [
    { text: "echo 😀😀 | ", marked: false },
    { text: "base64 -d", marked: true },
  ])
})

test("spans may overlap, be out of order, empty or out of range: nothing of the value is lost", () => {
  const value = "a😀bcdef"
  for (const spans of [[], [[0, 99]], [[3, 5], [1, 4]], [[2, 2]], [[50, 60]], [[-3, 2]], [[5, 1]]] as [number, number][][]) {
    assert.equal(parts(value, spans).map((part) => part.text).join(""), value)
  }
  assert.deepEqual(parts("abcdef", [[3, 5], [1, 4]]).filter((part) => part.marked).map((part) => part.text), ["bcd", "e"])
})
