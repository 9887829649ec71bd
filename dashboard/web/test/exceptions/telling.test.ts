import assert from "node:assert/strict"
import { test } from "node:test"
import type { StoredEvent } from "../../src/api.ts"
import { searchOf, tellingOf } from "../../src/exceptions/telling.ts"

const event = (fields: Record<string, unknown>, sequence = 1): StoredEvent => ({
  id: { host: "ab", epoch: "07", lane: 1, sequence },
  kind: "process_start",
  time: "2026-11-24T15:43:37Z",
  fields,
})
const names = (events: StoredEvent[]) => tellingOf(events).map(({ field, value, chosen }) => [field, value, chosen])

test("what tells comes in the order in which people ask, and what does not tell is left out", () => {
  const fields = { "user.name": "an", "process.pid": 7, "process.hash.sha256": "00ff", "process.executable": "/bin/sh", "host.ip": ["::1"] }
  assert.deepEqual(names([event(fields)]), [
    ["process.executable", "/bin/sh", true],
    ["user.name", "an", true],
    ["process.hash.sha256", "00ff", false],
  ])
})

test("of several events only what all have alike", () => {
  const first = event({ "user.name": "an", "process.executable": "/bin/sh", "destination.port": 443 })
  const second = event({ "user.name": "an", "process.executable": "/bin/ls", "destination.port": 443 }, 2)
  assert.deepEqual(names([first, second]), [["user.name", "an", true], ["destination.port", "443", true]])
  assert.deepEqual(names([]), [])
})

test("the data of a Windows event, the signer too", () => {
  const data = { Signature: "Contoso Ltd", ProcessId: "7", Image: "C:\\a b\\x.exe" }
  assert.deepEqual(names([event({ "winlog.event_data": data, "winlog.values": ["x"] })]), [
    ["winlog.event_data.Image", "C:\\a b\\x.exe", true],
    ["winlog.event_data.Signature", "Contoso Ltd", true],
  ])
})

const search = (value: string) => searchOf([{ field: "process.command_line", value }]).replace("process.command_line:", "")

test("a value is looked for as it stands, whatever is in it", () => {
  assert.equal(search("C:\\Windows\\x.exe"), "C:\\Windows\\x.exe")
  assert.equal(search("sao lưu"), '"sao lưu"')
  assert.equal(search('sh -c "ls *" C:\\x?'), '"sh -c \\"ls \\*\\" C:\\\\x\\?"')
  for (const odd of [">5", "[1 TO 2]", "(x", "a|b"]) assert.equal(search(odd), `"${odd}"`)
})

test("what cannot be seen does not stand in the form, and of a long value it is how it begins", () => {
  assert.equal(search("a\u202eb\nc"), '"a?b?c"')
  assert.equal(search("x".repeat(700)), `"${"x".repeat(600)}*"`)
})

test("several must all hold", () => {
  assert.equal(searchOf([{ field: "host", value: "ab" }, { field: "user.name", value: "a b" }]), 'host:ab and user.name:"a b"')
  assert.equal(searchOf([]), "")
})
