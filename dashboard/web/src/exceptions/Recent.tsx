import { useI18n } from "../i18n/useI18n.ts"
import { OneEvent } from "../story/Events.tsx"
import { titleOf } from "../text/wording.ts"
import { HostText } from "../ui/HostText.tsx"
import { Ago } from "../ui/Time.tsx"
import type { Held } from "./calls.ts"

/** The newest alerts that there are not, each with its first event. */
export function Recent({ recent }: { recent: Held[] }) {
  const { t, lang } = useI18n()
  return (
    <section>
      <h3>{t("exc_recent")}</h3>
      {recent.length === 0 ? (
        <p className="muted">{t("exc_recent_none")}</p>
      ) : (
        <>
          <p className="muted">{t("exc_recent_hint")}</p>
          <ul className="plain recent">
            {recent.map((held) => (
              <li key={held.alert}>
                <details>
                  <summary>
                    <Ago time={held.seen} /> · <HostText text={held.hostname} /> ·{" "}
                    <HostText text={held.summary || titleOf(held, lang)} />
                  </summary>
                  <OneEvent event={{ ...held.event, time: held.time }} />
                </details>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  )
}
