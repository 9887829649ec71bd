/** What of an exception is to be looked at, and which of them a view of the list shows. Pure. */
import { folded } from "../hosts/health.ts"
import { instant } from "../i18n/format.ts"
import { translate } from "../i18n/translate.ts"
import type { Exception } from "./calls.ts"

/** The views of the list, by their word in the address; the first is the usual one. */
export const VIEWS = ["active", "soon", "notable", "ended", "all"] as const
export type View = (typeof VIEWS)[number]

/** fault: cannot be read; loud: holds back very much; soon: ends soon; idle: never held back anything. */
export type Mark = "fault" | "loud" | "soon" | "idle"

const LANGS = ["en", "vi"] as const
const DAY_MS = 86_400_000
/** As `tramgac collector doctor` has them. */
export const SOON_DAYS = 7
export const LOUD_A_DAY = 500
/** One that is younger has hardly had an occasion. */
const IDLE_DAYS = 7

export const viewOf = (word: string): View => VIEWS.find((each) => each === word) ?? VIEWS[0]

/** What stands out; nothing of those that ended. */
export function marksOf(row: Exception, now: number): Mark[] {
  if (row.state !== "active") return []
  const found: [Mark, boolean][] = [
    ["fault", row.fault !== ""],
    ["loud", row.held_a_day > LOUD_A_DAY],
    ["soon", row.expires !== null && instant(row.expires) - now < SOON_DAYS * DAY_MS],
    ["idle", row.held === 0 && now - instant(row.time) > IDLE_DAYS * DAY_MS],
  ]
  return found.filter(([, holds]) => holds).map(([mark]) => mark)
}

/** Whether a view shows it. */
export function stands(row: Exception, view: View, now: number): boolean {
  switch (view) {
    case "active":
      return row.state === "active"
    case "soon":
      return marksOf(row, now).includes("soon")
    case "notable":
      return marksOf(row, now).some((mark) => mark !== "soon")
    case "ended":
      return row.state !== "active"
    case "all":
      return true
  }
}

/** Whether all words of a text stand in it, without regard to case and marks. */
export function fits(row: Exception, text: string): boolean {
  const titles = ofEvery(row) ? LANGS.map((lang) => translate(lang, "exc_every_rule")) : [row.title, row.title_vi]
  const told = folded([`#${row.id}`, row.rule, ...titles, row.query, row.site, row.by, row.why].join(" "))
  return folded(text).split(/\s+/u).every((word) => told.includes(word))
}

/** Whether it is of every rule. */
export const ofEvery = (row: Pick<Exception, "rule">): boolean => row.rule === "*"

/** Whether it is of a rule: of that, or of every one. */
export const concerns = (row: Exception, rule: string): boolean => row.rule === rule || ofEvery(row)
