import { useI18n } from "../i18n/useI18n.ts"
import { forClipboard } from "../text/visible.ts"
import { Icon } from "./Icon.tsx"
import { toast } from "./toasts.tsx"

/** Copies a text as data: if it holds characters that a terminal would obey, they are copied escaped. */
export function Copy({ text, name, label }: { text: string; name: string; label?: string }) {
  const { t } = useI18n()
  const copy = async () => {
    const safe = forClipboard(text)
    try {
      await navigator.clipboard.writeText(safe)
      toast({ kind: "saved", text: (say) => say.t(safe === text ? "copied" : "copied_escaped") })
    } catch {
      toast({ kind: "failed", text: (say) => say.t("copy_failed") })
    }
  }
  return (
    <button
      type="button"
      className={label ? "button small" : "icon copy"}
      {...(label ? {} : { "aria-label": t("copy_named", { name }), title: t("copy") })}
      onClick={copy}
    >
      <Icon name="copy" /> {label}
    </button>
  )
}
