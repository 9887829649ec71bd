import assert from "node:assert/strict"
import { test } from "node:test"
import { insistable, refused, sentence } from "../../src/exceptions/refused.ts"
import { ApiError } from "../../src/http.ts"

const refusal = (name: string, params = {}) => new ApiError("refused", 422, { refusal: name, ...params })
const said = (error: unknown, lang: "vi" | "en" = "en") => refused(error, { lang, reason: () => "as usual" })

test("what is refused by name has its own sentence, in either language", () => {
  assert.equal(said(refusal("search_value", { name: "process.pid", type: "UInt32", at: 3 })), "process.pid takes other values, of type UInt32 (character 3).")
  assert.equal(said(refusal("exception_contested"), "vi"), "Nó sẽ chặn điều đã được kết luận là thật.")
})

test("why one cannot be read is said by its name, if it has one", () => {
  assert.equal(sentence({ refusal: "search_port", name: "source.port", most: 65535 }, "vi"), "source.port lớn nhất là 65535.")
  assert.equal(sentence({}, "vi"), null)
})

test("all else is said as everywhere", () => {
  for (const error of [new ApiError("unavailable", 503), refusal("constructor"), new Error("x")]) assert.equal(said(error), "as usual")
})

test("only of two things one may insist", () => {
  const names = ["exception_wide", "exception_contested", "exception_refused"]
  assert.deepEqual(names.map((name) => insistable(refusal(name))), [true, true, false])
  assert.ok(!insistable(null))
})
