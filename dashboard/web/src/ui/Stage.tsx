import type { AlertRow } from "../api.ts"
import { useI18n } from "../i18n/useI18n.ts"

/** That an alert of a correlation may still change, or did not come true; nothing where it is sure. */
export function StagePill({ stage }: { stage: AlertRow["stage"] }) {
  const { t, word } = useI18n()
  if (!stage || stage === "confirmed") return null
  return (
    <span className="pill" data-stage={stage} title={t(`stage_${stage}_hint`)}>
      {word("stage", stage)}
    </span>
  )
}
