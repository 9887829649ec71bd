import type { Session } from "../api.ts"
import type { Key } from "../i18n/translate.ts"
import { useI18n } from "../i18n/useI18n.ts"
import { change, useSettings } from "../settings.ts"
import { Dialog } from "./Dialog.tsx"

export const KEYS: readonly (readonly [string, Key])[] = [
  ["j", "help_next"],
  ["k", "help_previous"],
  ["Enter", "help_open"],
  ["t", "help_true"],
  ["f", "help_false"],
  ["b", "help_benign"],
  ["e", "help_except"],
  ["n", "help_note"],
  ["z", "help_undo"],
  ["/", "help_filter"],
  ["Esc", "help_escape"],
  ["?", "help_help"],
]

/** The sheet of keys, with the switch that turns the single letters off. */
export function Help({ session, onClose }: { session: Session; onClose(): void }) {
  const { t } = useI18n()
  const { letters } = useSettings()
  return (
    <Dialog title={t("help")} shape="sheet" onClose={onClose}>
      <Keys />
      <label className="check">
        <input type="checkbox" checked={letters} onChange={(event) => change({ letters: event.target.checked })} />
        {t("help_letters")}
      </label>
      <p className="muted">{t("help_telex")}</p>
      <p className="muted">
        {session.user.name} · {session.user.role}
      </p>
    </Dialog>
  )
}

export function Keys() {
  const { t } = useI18n()
  return (
    <dl className="keys">
      {KEYS.map(([key, text]) => (
        <div key={key}>
          <dt>
            <kbd>{key}</kbd>
          </dt>
          <dd>{t(text)}</dd>
        </div>
      ))}
    </dl>
  )
}
