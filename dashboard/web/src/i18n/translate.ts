/** Languages and sentences. Pure; `useI18n` binds it to React. */
import { en } from "./en.ts"
import { vi } from "./vi.ts"

export type Key = keyof typeof en
export type Lang = "vi" | "en"
export type Params = Record<string, string | number>

const HOLE = /\{(\w+)(?::([^|{}]+)\|([^{}]+))?\}/gu
const DICTIONARIES: Record<Lang, Record<Key, string>> = { en, vi }

/**
 * The sentence, with `{name}` filled in from `params`; a name without a value stays as it is. `{n:alert|alerts}` is the
 * number and the one of two words that goes with it, as on the command lines (`proto/tramgac_wire/counted.py`).
 */
export function translate(lang: Lang, key: Key, params: Params = {}): string {
  return DICTIONARIES[lang][key].replace(HOLE, (whole, name: string, one?: string, many?: string) => {
    if (!Object.hasOwn(params, name)) return whole
    const value = String(params[name])
    return one === undefined ? value : `${value} ${value === "1" ? one : many}`
  })
}

/** The key made of a prefix and a word from the collector, if the dictionary has it. */
export function known(prefix: string, word: string): Key | null {
  const key = `${prefix}_${word.toLowerCase()}`
  return Object.hasOwn(en, key) ? (key as Key) : null
}

/** The first language of the browser that we speak; Vietnamese if there is none. */
export function preferred(languages: readonly string[]): Lang {
  const found = languages.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => tag === "vi" || tag === "en")
  return found === "en" ? "en" : "vi"
}
