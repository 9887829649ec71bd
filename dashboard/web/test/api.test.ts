import assert from "node:assert/strict"
import { test } from "node:test"
import * as api from "../src/api.ts"
import { EVERYTHING_OPEN } from "../src/route.ts"
import { collector } from "./stubs.ts"

const ID = "../a b?c#đ"
const WRITTEN = "..%2Fa%20b%3Fc%23%C4%91"

test("each question goes to its own address, whatever stands in an id", async (t) => {
  const calls = collector(t, () => Response.json({}))
  await api.alert(ID)
  await api.tree(ID)
  await api.alerts({ status: "all", severity: ["critical", "low"], host: "máy-01", rule: "" }, "next&1")
  await api.alerts(EVERYTHING_OPEN, "")
  await api.hindrances()
  await api.hosts()
  assert.deepEqual(calls.map((call) => call.url.replace("./api/", "")), [
    `alerts/${WRITTEN}`,
    `alerts/${WRITTEN}/tree`,
    "alerts?status=all&severity=critical%2Clow&host=m%C3%A1y-01&cursor=next%261&limit=100",
    "alerts?status=open&limit=100",
    "hindrances",
    "hosts",
  ])
  assert.ok(calls.every((call) => call.options.method === undefined))
})

test("each decision says what was decided, and of which version", async (t) => {
  const calls = collector(t, () => Response.json({}))
  await api.decide(ID, "false_positive", "sao lưu, phiếu 12", 3)
  await api.reopenAll("benign", { after: 3, until: 9 })
  await api.reopen(ID)
  await api.addNote(ID, "đã xem")
  await api.login("an", "mật khẩu")
  await api.loginOnce("x")
  await api.logout()
  assert.deepEqual(calls.map(({ url, options }) => [url.replace("./api/", ""), JSON.parse(String(options.body))]), [
    [`alerts/${WRITTEN}/verdict`, { verdict: "false_positive", note: "sao lưu, phiếu 12", version: 3 }],
    ["alerts/verdict/undo", { verdict: "benign", after: 3, until: 9 }],
    [`alerts/${WRITTEN}/reopen`, {}],
    [`alerts/${WRITTEN}/notes`, { text: "đã xem" }],
    ["login", { name: "an", password: "mật khẩu" }],
    ["login", { once: "x" }],
    ["logout", {}],
  ])
  assert.ok(calls.every((call) => call.options.method === "POST"))
})

test("who is signed in, or nobody", async (t) => {
  const user = { name: "an", role: "analyst" }
  collector(t, (_, number) => Response.json({ user: number === 1 ? user : null, permissions: ["alerts.read"] }))
  assert.deepEqual(await api.session(), { user, permissions: ["alerts.read"] })
  assert.equal(await api.session(), null)
})
