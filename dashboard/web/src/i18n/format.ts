/** Times, numbers and durations by `Intl`, in the reader's time zone. */
import type { Lang } from "./translate.ts"

export interface Formats {
  /** 24/11/2026 15:43:37 */
  moment(ms: number): string
  /** 15:43:37 */
  clock(ms: number): string
  /** 2 phút trước */
  relative(ms: number, now: number): string
  number(n: number): string
  /** 420 ms, 1,4 giây, 3 phút */
  duration(ms: number): string
  compare(a: string, b: string): number
}

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1000],
]

/** Milliseconds since 1970 of an RFC 3339 text with any number of decimals; NaN if it is none. */
export function instant(text: string | null | undefined): number {
  return Date.parse((text ?? "").replace(/(\.\d{3})\d+/u, "$1"))
}

export function formats(lang: Lang, timeZone?: string): Formats {
  const locale = lang === "vi" ? "vi-VN" : "en-GB"
  const zone = timeZone === undefined ? {} : { timeZone }
  const clock = new Intl.DateTimeFormat(locale, { timeStyle: "medium", hourCycle: "h23", ...zone })
  const date = new Intl.DateTimeFormat(locale, { day: "2-digit", month: "2-digit", year: "numeric", ...zone })
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" })
  const number = new Intl.NumberFormat(locale)
  const collator = new Intl.Collator(locale, { numeric: true, sensitivity: "base" })
  const amount = (value: number, unit: string) =>
    new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long", maximumFractionDigits: value < 10 ? 1 : 0 }).format(value)
  return {
    moment: (ms) => (Number.isNaN(ms) ? "–" : `${date.format(ms)} ${clock.format(ms)}`),
    clock: (ms) => (Number.isNaN(ms) ? "–" : clock.format(ms)),
    relative(ms, now) {
      if (Number.isNaN(ms)) return "–"
      const [unit, size] = UNITS.find(([, each]) => Math.abs(now - ms) >= each) ?? ["second", 1000]
      return relative.format(Math.trunc((ms - now) / size), unit)
    },
    number: (n) => number.format(n),
    duration(ms) {
      if (Math.abs(ms) < 1000) return `${number.format(Math.round(ms))} ms`
      const [unit, size] = UNITS.find(([, each]) => Math.abs(ms) >= each) ?? ["second", 1000]
      return amount(ms / size, unit)
    },
    compare: (a, b) => collator.compare(a, b),
  }
}
