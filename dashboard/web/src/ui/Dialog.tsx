import { useEffect, useId, useRef, type ReactNode } from "react"
import { useI18n } from "../i18n/useI18n.ts"
import { Icon } from "./Icon.tsx"

interface Props {
  title: ReactNode
  shape: "sheet" | "drawer"
  onClose(): void
  children: ReactNode
}

/** A modal dialog on the browser's own: it keeps the focus inside, gives it back, and closes on Escape. */
export function Dialog({ title, shape, onClose, children }: Props) {
  const { t } = useI18n()
  const dialog = useRef<HTMLDialogElement>(null)
  const heading = useId()
  useEffect(() => {
    const element = dialog.current
    const before = document.activeElement
    element?.showModal()
    element?.querySelector<HTMLElement>("[data-first]")?.focus()
    return () => {
      element?.close()
      if (before instanceof HTMLElement) before.focus()
    }
  }, [])
  return (
    <dialog
      ref={dialog}
      className={shape}
      aria-labelledby={heading}
      onCancel={(event) => (event.preventDefault(), onClose())}
      onMouseDown={(event) => event.target === dialog.current && onClose()}
    >
      <div className="dialog-body">
        <div className="dialog-head">
          <h2 id={heading}>{title}</h2>
          <button type="button" className="icon" aria-label={t("close")} onClick={onClose}>
            <Icon name="close" />
          </button>
        </div>
        {children}
      </div>
    </dialog>
  )
}
