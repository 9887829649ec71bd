import assert from "node:assert/strict"
import { readdirSync, readFileSync } from "node:fs"
import { test } from "node:test"
import { en } from "../../src/i18n/en.ts"

test("no sentence is left over", () => {
  const folder = new URL("../../src/", import.meta.url)
  const sources = readdirSync(folder, { recursive: true, encoding: "utf-8" })
    .filter((name) => /\.tsx?$/u.test(name) && !/^i18n\/(en|vi|bulk|exceptions|refusals)\.ts$/u.test(name))
    .map((name) => readFileSync(new URL(name, folder), "utf-8"))
    .join("\n")
  const looked = [...sources.matchAll(/(?:word|known)\("(\w+)"|`(\w+)_\$\{/gu)].map((match) => match[1] ?? match[2])
  const unused = Object.keys(en).filter(
    (key) => !sources.includes(`"${key}"`) && !looked.some((prefix) => prefix && key.startsWith(`${prefix}_`)),
  )
  assert.deepEqual(unused, [])
})
