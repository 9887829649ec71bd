import assert from "node:assert/strict"
import { test } from "node:test"
import * as calls from "../../src/exceptions/calls.ts"
import { collector } from "../stubs.ts"

const ASKED = { rule: "r/1", query: 'user.name:"a b"', site: "Huế" }
const WISH = { why: "sao lưu", valid_days: null, force: false }

test("what is asked and what is wanted goes to its own address, as it was said", async (t) => {
  const made = collector(t, () => Response.json({}))
  await calls.exceptions()
  await calls.exception(7)
  await calls.tryException(ASKED)
  await calls.stateException(ASKED, WISH)
  await calls.prolongException(7, WISH)
  await calls.closeFitting(7, "benign", "x")
  await calls.endException(7, "đã chuyển")
  assert.deepEqual(made.map(({ url, options }) => [url.replace("./api/", ""), options.body && JSON.parse(String(options.body))]), [
    ["exceptions?all=true", undefined],
    ["exceptions/7", undefined],
    ["exceptions/try", ASKED],
    ["exceptions", { ...ASKED, ...WISH }],
    ["exceptions/7/prolong", WISH],
    ["exceptions/7/close", { verdict: "benign", note: "x" }],
    ["exceptions/7/end", { why: "đã chuyển" }],
  ])
})

test("a form that has changed meanwhile wants no answer any more", async (t) => {
  const made = collector(t, () => Response.json({}))
  const leave = new AbortController()
  await calls.tryException(ASKED, leave.signal)
  assert.equal(made[0]?.options.signal, leave.signal)
})
