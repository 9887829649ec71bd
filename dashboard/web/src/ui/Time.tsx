import { useSyncExternalStore } from "react"
import { instant } from "../i18n/format.ts"
import { useI18n } from "../i18n/useI18n.ts"

const TICK_MS = 10_000
const listeners = new Set<() => void>()
let now = Date.now()
let timer = 0

function subscribe(listener: () => void): () => void {
  now = Date.now()
  listeners.add(listener)
  timer ||= window.setInterval(() => {
    now = Date.now()
    for (const each of listeners) each()
  }, TICK_MS)
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) {
      clearInterval(timer)
      timer = 0
    }
  }
}

/** The present, ten seconds exact; one timer for the whole page. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now)
}

/** "2 minutes ago", with the moment itself as its title. */
export function Ago({ time }: { time: string | null }) {
  const { format } = useI18n()
  const present = useNow()
  const ms = instant(time)
  // A row that has just arrived is never "in 3 seconds".
  return (
    <time dateTime={time ?? ""} title={format.moment(ms)}>
      {format.relative(Math.min(ms, present), present)}
    </time>
  )
}

/** The moment, and how long ago. */
export function Moment({ time }: { time: string }) {
  const { format } = useI18n()
  return (
    <>
      <time dateTime={time}>{format.moment(instant(time))}</time> (<Ago time={time} />)
    </>
  )
}
