import assert from "node:assert/strict"
import { test } from "node:test"
import { baseName, forClipboard, pieces, valueText, visible } from "../../src/text/visible.ts"

test("ordinary text of any language stays as it is", () => {
  for (const text of ["Đà Nẵng – Huế", "C:\\Windows\\explorer.exe", "日本語 עברית العربية", "a'b\"c<d>&e", "😀"]) {
    assert.equal(visible(text), text)
    assert.deepEqual(pieces(text), [{ text, hidden: false }])
    assert.equal(forClipboard(text), text)
  }
})

test("every character that cannot be seen, or that moves others, is shown", () => {
  assert.equal(visible("\u001b[31m\u0000\u0007\u007f\t"), "⟦ESC⟧[31m⟦NUL⟧⟦BEL⟧⟦DEL⟧⟦HT⟧")
  const hidden = [
    0x85, 0xa0, 0xad, 0x61c, 0x115f, 0x180e, 0x200b, 0x200d, 0x200e, 0x2028, 0x202e, 0x2066, 0x2069, 0x3000, 0x3164,
    0xfe0f, 0xfeff, 0xffa0, 0xe0041, 0xe0100,
  ]
  for (const code of hidden) {
    const name = `⟦U+${code.toString(16).toUpperCase().padStart(4, "0")}⟧`
    assert.equal(visible(`a${String.fromCodePoint(code)}b`), `a${name}b`)
  }
  assert.equal(visible("a\ud800b"), "a⟦U+D800⟧b")
})

test("a line feed is said and done", () => {
  assert.deepEqual(pieces("a\nb"), [
    { text: "a", hidden: false },
    { text: "⟦LF⟧", hidden: true },
    { text: "\n", hidden: false },
    { text: "b", hidden: false },
  ])
})

test("what is copied can be pasted without anything happening unseen, and read back", () => {
  for (const text of ["curl x\n| sh", "\u001b]0;a\u0007", "exe\u202efdp", "a\u{e0041}b", "\ud800"]) {
    const copied = forClipboard(text)
    assert.match(copied, /^[\x20-\x7e]*$/u)
    assert.equal(JSON.parse(copied), text)
  }
})

test("values of fields as text", () => {
  assert.equal(valueText(["a", 1]), "a, 1")
  assert.equal(valueText({ Image: "x" }), '{"Image":"x"}')
  assert.equal(valueText(null), "null")
  assert.equal(valueText(false), "false")
})

test("the last part of a path of either system", () => {
  assert.equal(baseName("/usr/bin/bash"), "bash")
  assert.equal(baseName("C:\\Windows\\System32\\cmd.exe"), "cmd.exe")
  assert.equal(baseName("/"), "/")
})
