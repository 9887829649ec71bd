import { useI18n } from "../i18n/useI18n.ts"
import { HostText } from "../ui/HostText.tsx"

export type Place = "host" | "site" | "everywhere"

interface Props {
  /** Names; empty where there is none to choose. */
  host: string
  site: string
  chosen: Place
  onChange(place: Place): void
}

/** On one host, at its site, or everywhere. */
export function Where({ host, site, chosen, onChange }: Props) {
  const { t } = useI18n()
  const places: [Place, string][] = [
    ...(host ? [["host", t("exc_this_host", { host })] satisfies [Place, string]] : []),
    ...(site ? [["site", t("exc_at_site", { site })] satisfies [Place, string]] : []),
    ["everywhere", t("exc_everywhere")],
  ]
  return (
    <fieldset className="inline">
      <legend>{t("exc_where")}</legend>
      {places.map(([place, text]) => (
        <label key={place} className="check">
          <input type="radio" name="where" checked={chosen === place} onChange={() => onChange(place)} />
          <span>
            <HostText text={text} />
          </span>
        </label>
      ))}
    </fieldset>
  )
}
