/** The states that every list and pane shares: loading, empty, failed, stale or offline. */
import type { ReactNode } from "react"
import { useI18n } from "../i18n/useI18n.ts"
import { useLiveState } from "../live/useLive.ts"
import { useNow } from "./Time.tsx"

export function Loading({ rows = 6 }: { rows?: number }) {
  const { t } = useI18n()
  return (
    <div className="skeleton" role="status" data-state="loading">
      <span className="sr-only">{t("loading")}</span>
      {Array.from({ length: rows }, (_, index) => (
        <span key={index} className="bone" />
      ))}
    </div>
  )
}

export function Empty({ title, hint, children }: { title: string; hint?: string; children?: ReactNode }) {
  return (
    <div className="blank" data-state="empty">
      <p className="blank-title">{title}</p>
      {hint && <p>{hint}</p>}
      {children}
    </div>
  )
}

export function Failed({ error, retry }: { error: unknown; retry(): void }) {
  const { t, reason } = useI18n()
  return (
    <div className="blank" role="alert" data-state="error">
      <p className="blank-title">{reason(error)}</p>
      <button type="button" className="button" onClick={retry}>
        {t("retry")}
      </button>
    </div>
  )
}

interface Freshness {
  dataUpdatedAt: number
  error: unknown
}

/** Says so when what is shown is no longer the present: the stream is cut, or the last refresh failed. */
export function Stale({ query }: { query: Freshness }) {
  const { t, reason, format } = useI18n()
  const { state, since } = useLiveState()
  const now = useNow()
  if (query.dataUpdatedAt === 0) return null
  const time = format.clock(query.dataUpdatedAt)
  // A connection that comes back within moments is nobody's business.
  if (query.error) {
    return (
      <p className="banner" role="status" data-state="stale">
        {t("stale_banner", { reason: reason(query.error), time })}
      </p>
    )
  }
  if (state !== "offline") return null
  return (
    <p className="banner" role="status" data-state="offline">
      {t("offline_banner", { time: format.clock(Math.min(since, now)) })}
    </p>
  )
}

/** The little lamp of the toolbar. */
export function LiveBadge() {
  const { t } = useI18n()
  const { state } = useLiveState()
  const key = state === "live" ? "live" : state === "connecting" ? "connecting" : "offline"
  return (
    <span className="live" data-live={key} title={key === "live" ? t("live_title") : undefined}>
      {t(key)}
    </span>
  )
}
