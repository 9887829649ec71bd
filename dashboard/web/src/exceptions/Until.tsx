import { useI18n } from "../i18n/useI18n.ts"
import { useNow } from "../ui/Time.tsx"
import { choices, dayAfter } from "./lasting.ts"

interface Props {
  /** null: without an end. */
  days: number | null
  onChange(days: number | null): void
  /** When it ends now, if it stands already. */
  before?: string | null
  mayEver: boolean
}

/** For how long: in days, each with its date. */
export function Until({ days, onChange, before = null, mayEver }: Props) {
  const i18n = useI18n()
  const { t, format } = i18n
  const now = useNow()
  return (
    <label>
      {t("exc_until")}
      <select value={days ?? ""} onChange={(event) => onChange(event.target.value === "" ? null : Number(event.target.value))}>
        {choices(now, before).map((each) => (
          <option key={each} value={each}>
            {t("exc_days", { n: format.number(each), date: dayAfter(now, each, i18n) })}
          </option>
        ))}
        {mayEver && <option value="">{t("exc_for_ever")}</option>}
      </select>
    </label>
  )
}
