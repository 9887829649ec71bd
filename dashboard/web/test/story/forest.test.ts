import assert from "node:assert/strict"
import { test } from "node:test"
import type { TreeNode } from "../../src/api.ts"
import { forest, lines } from "../../src/story/forest.ts"

const node = (entity_id: string, parent: string | null, more: Partial<TreeNode> = {}): TreeNode => ({
  entity_id, parent, pid: 1, executable: "/bin/x", command_line: "x", user: "", time: "2026-01-01T00:00:00Z", alert: false, ...more,
})
const shape = (nodes: TreeNode[], closed: string[] = [], everything = false) =>
  lines(forest(nodes), new Set(closed), everything).map((line) => `${line.level}${line.node.entity_id}`)

const STORY = [
  node("init", null),
  node("cron", "init"),
  node("shell", "init"),
  node("bad", "shell", { alert: true }),
  node("child", "bad"),
  node("grandchild", "child"),
]

test("the way to the alert and what it started, nothing else", () => {
  assert.deepEqual(shape(STORY), ["1init", "2shell", "3bad", "4child"])
  assert.deepEqual(shape(STORY, [], true), ["1init", "2cron", "2shell", "3bad", "4child", "5grandchild"])
  assert.deepEqual(shape(STORY, ["shell"]), ["1init", "2shell"])
})

test("positions among those on screen", () => {
  const shell = lines(forest(STORY), new Set(), true).find((line) => line.node.entity_id === "shell")
  assert.deepEqual([shell?.position, shell?.size, shell?.children, shell?.expanded], [2, 2, 1, true])
})

test("without an alert in it everything is shown", () => {
  assert.deepEqual(shape([node("a", null), node("b", "a")]), ["1a", "2b"])
  assert.deepEqual(shape([]), [])
})

test("missing parents, circles, its own parent, doubles: each process is shown once", () => {
  const nodes = [
    node("orphan", "gone"), node("self", "self"), node("x", "y"), node("y", "x"), node("tail", "x"), node("x", "y"),
  ]
  const shown = shape(nodes, [], true)
  assert.deepEqual(shown.map((each) => each.slice(1)).toSorted(), ["orphan", "self", "tail", "x", "y"])
})

test("a long chain and a wide crowd", () => {
  const chain = Array.from({ length: 2000 }, (_, i) => node(`c${i}`, i ? `c${i - 1}` : null, { alert: i === 1999 }))
  assert.equal(shape(chain).length, 2000)
  const crowd = [node("p", null), ...Array.from({ length: 20_000 }, (_, i) => node(`k${i}`, "p"))]
  assert.equal(shape(crowd, [], true).length, 20_001)
})
