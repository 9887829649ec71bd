/** For how long exceptions stand, as people choose it and read it. */
import { instant } from "../i18n/format.ts"
import type { I18n } from "../i18n/useI18n.ts"

const DAY_MS = 86_400_000
export const USUAL_DAYS = 90
/** Nobody but who manages rules may choose none of these. */
const CHOICES = [1, 7, 30, USUAL_DAYS, 180, 366] as const

/** What can be chosen now: only what lies a day or more later than the present end (null: there is none yet). */
export function choices(now: number, before: string | null): number[] {
  return CHOICES.filter((days) => before === null || now + days * DAY_MS >= instant(before) + DAY_MS)
}

/** "until 28/02/2027 10:00:00", or that there is no end. */
export function untilText(expires: string | null, say: Pick<I18n, "t" | "format">): string {
  return expires === null ? say.t("exc_until_ever") : say.t("exc_until_time", { time: say.format.moment(instant(expires)) })
}

/** The same by its day alone, for lists. */
export function untilDay(expires: string | null, say: Pick<I18n, "t" | "format">): string {
  return expires === null ? say.t("exc_until_ever") : say.t("exc_until_time", { time: dayAfter(instant(expires), 0, say) })
}

/** The day on which it would end. */
export const dayAfter = (now: number, days: number, say: Pick<I18n, "format">): string =>
  say.format.moment(now + days * DAY_MS).split(" ", 1)[0] ?? ""
