import type { Level } from "../api.ts"
import { useI18n } from "../i18n/useI18n.ts"

/** Severity: a colour and, always, the word. */
export function LevelPill({ level }: { level: Level }) {
  const { word } = useI18n()
  return (
    <span className="pill" data-level={level}>
      {word("level", level)}
    </span>
  )
}
