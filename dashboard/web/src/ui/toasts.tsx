/** What became of each write: saving, saved (with an undo), failed (with a retry). Nothing fails silently. */
import { useSyncExternalStore } from "react"
import { useI18n, type I18n } from "../i18n/useI18n.ts"
import { Icon } from "./Icon.tsx"

/** A sentence that is said when it is shown, so that it follows the language. */
export type Said = (i18n: I18n) => string

export interface Toast {
  id: number
  kind: "saving" | "saved" | "failed"
  text: Said
  /** One that is to be read at leisure: much was done. */
  lasting?: boolean
  action?: { label: Said; run(): void }
}

const SHOWN_MS = 8000
const LASTING_MS = 60_000
const listeners = new Set<() => void>()
let toasts: readonly Toast[] = []
let last = 0

function set(next: readonly Toast[]): void {
  toasts = next
  for (const listener of listeners) listener()
}

/** Show or replace a toast; without an id it is a new one. Those that failed stay until closed. */
export function toast(said: Omit<Toast, "id">, id = ++last): number {
  set([...toasts.filter((each) => each.id !== id), { ...said, id }])
  if (said.kind === "saved") setTimeout(() => dismiss(id, "saved"), said.lasting ? LASTING_MS : SHOWN_MS)
  return id
}

export function dismiss(id: number, kind?: Toast["kind"]): void {
  set(toasts.filter((each) => each.id !== id || (kind !== undefined && each.kind !== kind)))
}

/** Run the action of the newest toast, if it has one. */
export function runLast(): void {
  const newest = toasts.findLast((each) => each.action)
  if (!newest) return
  dismiss(newest.id)
  newest.action?.run()
}

export function Toasts() {
  const i18n = useI18n()
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => toasts,
  )
  return (
    <div className="toasts" role="status" aria-live="polite">
      {shown.map((each) => (
        <div key={each.id} className="toast" data-kind={each.kind}>
          <span>{each.text(i18n)}</span>
          {each.action && (
            <button type="button" className="link" onClick={() => (dismiss(each.id), each.action?.run())}>
              {each.action.label(i18n)} {each.kind === "saved" && <kbd>z</kbd>}
            </button>
          )}
          {each.kind !== "saving" && (
            <button type="button" className="icon" aria-label={i18n.t("close")} onClick={() => dismiss(each.id)}>
              <Icon name="close" />
            </button>
          )}
        </div>
      ))}
    </div>
  )
}
