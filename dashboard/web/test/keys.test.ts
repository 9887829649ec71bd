import assert from "node:assert/strict"
import { test } from "node:test"
import { command, type Press } from "../src/keys.ts"

const press = (key: string, more: Partial<Press> = {}): Press => ({
  key,
  code: /^[a-z]$/iu.test(key) ? `Key${key.toUpperCase()}` : "",
  keyCode: 0,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...more,
})

test("the letters of the desk", () => {
  const meant = { j: "next", k: "previous", t: "true_positive", f: "false_positive", b: "benign", e: "except", n: "note", z: "undo" }
  for (const [key, wanted] of Object.entries(meant)) {
    assert.equal(command(press(key), "page", true), wanted)
    assert.equal(command(press(key), "control", true), wanted)
    assert.equal(command(press(key), "typing", true), null)
    assert.equal(command(press(key), "page", false), null)
  }
})

test("an input method hides the key: its code tells", () => {
  assert.equal(command(press("Process", { code: "KeyF", keyCode: 229 }), "page", true), "false_positive")
  assert.equal(command(press("Unidentified", { code: "KeyJ", keyCode: 229 }), "page", true), "next")
  assert.equal(command(press("Process", { code: "Slash", keyCode: 229, shiftKey: true }), "page", true), "help")
  assert.equal(command(press("Process", { code: "Digit1", keyCode: 229 }), "page", true), null)
})

test("Caps Lock does not matter, modifiers and Shift do", () => {
  assert.equal(command(press("J"), "page", true), "next")
  for (const modifier of ["ctrlKey", "metaKey", "altKey", "shiftKey"]) {
    assert.equal(command(press("j", { [modifier]: true }), "page", true), null)
  }
})

test("Enter belongs to the control that has the focus, Escape works everywhere, letters off or on", () => {
  assert.equal(command(press("Enter"), "page", false), "open")
  assert.equal(command(press("Enter"), "control", true), null)
  assert.equal(command(press("Escape"), "typing", false), "escape")
  assert.equal(command(press("?", { shiftKey: true }), "page", true), "help")
  assert.equal(command(press("/"), "page", true), "filter")
})
