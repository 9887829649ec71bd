import assert from "node:assert/strict"
import { test, type TestContext } from "node:test"
import { stub } from "./stubs.ts"

type Module = typeof import("../src/settings.ts")
let loaded = 0

function refuse(): never {
  throw new DOMException("storage is switched off", "SecurityError")
}

/** The module as a page loads it, in a browser with these languages where this was kept. */
async function load(t: TestContext, languages: string[], kept: string | null): Promise<{ it: Module; root: HTMLElement; store: Map<string, string> }> {
  const store = new Map(kept === null ? [] : [["tramgac.settings", kept]])
  const root = { lang: "", style: { colorScheme: "" } } as HTMLElement
  stub(t, "navigator", { languages })
  stub(t, "document", { documentElement: root })
  stub(t, "localStorage", {
    getItem: (name: string) => store.get(name) ?? null,
    setItem: (name: string, value: string) => store.set(name, value),
  })
  const address = `../src/settings.ts?loaded=${++loaded}`
  return { it: (await import(address)) as Module, root, store }
}

test("at first the browser's language, the system's theme, letters on", async (t) => {
  const { it, root } = await load(t, ["fr", "en-GB"], null)
  assert.deepEqual(it.settings(), { lang: "en", theme: "system", letters: true })
  it.apply()
  assert.deepEqual([root.lang, root.style.colorScheme], ["en", "light dark"])
})

test("a choice is kept, shown, and there when the page is loaded again", async (t) => {
  const { it, root, store } = await load(t, ["en"], null)
  it.change({ lang: "vi", theme: "dark" })
  it.change({ letters: false })
  assert.deepEqual([root.lang, root.style.colorScheme], ["vi", "dark"])
  const again = await load(t, ["en"], store.get("tramgac.settings") ?? null)
  assert.deepEqual(again.it.settings(), { lang: "vi", theme: "dark", letters: false })
})

test("what was kept and is no choice counts for nothing", async (t) => {
  for (const kept of ["", "{", "null", "[]", '"vi"', '{"lang": "fr", "theme": "purple"}']) {
    const { it } = await load(t, ["vi-VN"], kept)
    assert.deepEqual(it.settings(), { lang: "vi", theme: "system", letters: true }, kept)
  }
  const { it } = await load(t, ["vi-VN"], '{"lang": "en", "theme": "purple", "letters": false}')
  assert.deepEqual(it.settings(), { lang: "en", theme: "system", letters: false })
})

test("where nothing may be kept, a choice lasts as long as the page", async (t) => {
  const { it } = await load(t, ["vi"], null)
  stub(t, "localStorage", { getItem: refuse, setItem: refuse })
  it.change({ theme: "light" })
  assert.equal(it.settings().theme, "light")
  const address = `../src/settings.ts?loaded=${++loaded}`
  assert.equal(((await import(address)) as Module).settings().theme, "system")
})
