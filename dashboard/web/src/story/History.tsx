import type { HistoryEntry } from "../api.ts"
import { useI18n } from "../i18n/useI18n.ts"
import { HostText } from "../ui/HostText.tsx"
import { Ago } from "../ui/Time.tsx"

/** Who decided what, newest last. */
export function History({ history }: { history: HistoryEntry[] }) {
  const { t, word } = useI18n()
  return (
    <section aria-labelledby="history">
      <h3 id="history">{t("history")}</h3>
      {history.length === 0 && <p className="muted">{t("history_none")}</p>}
      <ol className="history">
        {history.map((step, index) => (
          <li key={index}>
            <b>{step.by ? <HostText text={step.by} /> : t("by_system")}</b> {word("did", step.action)}
            {step.verdict && <>: {word("verdict", step.verdict)}</>}
            <span className="muted">
              {" · "}
              <Ago time={step.time} />
            </span>
          </li>
        ))}
      </ol>
    </section>
  )
}
