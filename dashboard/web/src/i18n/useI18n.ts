import { ApiError } from "../http.ts"
import { useSettings } from "../settings.ts"
import { formats, type Formats } from "./format.ts"
import { known, translate, type Key, type Lang, type Params } from "./translate.ts"

export interface I18n {
  lang: Lang
  t(key: Key, params?: Params): string
  /** A word from the collector by its key `PREFIX_WORD`, or the word itself if we do not know it. */
  word(prefix: string, word: string, params?: Params): string
  /** The sentence for a failure. */
  reason(error: unknown): string
  format: Formats
}

function bind(lang: Lang): I18n {
  const t = (key: Key, params?: Params) => translate(lang, key, params)
  return {
    lang,
    t,
    word(prefix, word, params) {
      const key = known(prefix, word)
      return key ? t(key, params) : word
    },
    reason(error) {
      if (!(error instanceof ApiError)) return t("error_bad_request", { code: "page" })
      const params = Object.fromEntries(Object.entries(error.params).map(([name, value]) => [name, String(value)]))
      return t(known("error", error.code) ?? "error_bad_request", { code: error.code, ...params })
    },
    format: formats(lang),
  }
}

const BOUND: Record<Lang, I18n> = { vi: bind("vi"), en: bind("en") }

/** Sentences and formats in the reader's language. */
export function useI18n(): I18n {
  const { lang } = useSettings()
  return BOUND[lang]
}
