/** What the reader chose, remembered in this browser: language, theme, single-letter keys. */
import { useSyncExternalStore } from "react"
import { preferred, type Lang } from "./i18n/translate.ts"

export type Theme = "system" | "light" | "dark"

export interface Settings {
  lang: Lang
  theme: Theme
  letters: boolean
}

const PLACE = "tramgac.settings"
const listeners = new Set<() => void>()
let current = read()

export const settings = (): Settings => current

/** Change some settings, remember them, and show them. */
export function change(part: Partial<Settings>): void {
  current = { ...current, ...part }
  try {
    localStorage.setItem(PLACE, JSON.stringify(current))
  } catch {
    // storage is switched off: the choice lasts as long as the page
  }
  apply()
  for (const listener of listeners) listener()
}

export function useSettings(): Settings {
  return useSyncExternalStore(subscribe, settings)
}

/** Put language and theme on the document. */
export function apply(): void {
  document.documentElement.lang = current.lang
  document.documentElement.style.colorScheme = current.theme === "system" ? "light dark" : current.theme
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function read(): Settings {
  const usual: Settings = { lang: preferred(navigator.languages), theme: "system", letters: true }
  try {
    const kept = JSON.parse(localStorage.getItem(PLACE) ?? "{}") as Partial<Settings>
    return {
      lang: kept.lang === "vi" || kept.lang === "en" ? kept.lang : usual.lang,
      theme: kept.theme === "light" || kept.theme === "dark" ? kept.theme : usual.theme,
      letters: kept.letters ?? usual.letters,
    }
  } catch {
    return usual
  }
}
