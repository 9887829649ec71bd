/** Why the collector does not take an exception, or cannot read it any more, in the reader's language. */
import { ApiError } from "../http.ts"
import { known, translate, type Lang } from "../i18n/translate.ts"
import type { I18n } from "../i18n/useI18n.ts"

type Params = Readonly<Record<string, unknown>>

/** The sentence of a refusal by its name; null if it is none that we know. */
export function sentence(params: Params, lang: Lang): string | null {
  const name = params["refusal"]
  const key = typeof name === "string" ? known("refusal", name) : null
  return key && translate(lang, key, Object.fromEntries(Object.entries(params).map(([each, value]) => [each, String(value)])))
}

/** The same of a failure; for any other failure the usual one. */
export function refused(error: unknown, say: Pick<I18n, "lang" | "reason">): string {
  return (error instanceof ApiError && sentence(error.params, say.lang)) || say.reason(error)
}

/** Whether somebody who manages rules may want it all the same. */
export const insistable = (error: unknown): boolean =>
  error instanceof ApiError && ["exception_wide", "exception_contested"].includes(String(error.params["refusal"]))
