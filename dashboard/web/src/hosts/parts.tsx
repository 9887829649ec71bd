import type { Sensor } from "../api.ts"
import { useI18n } from "../i18n/useI18n.ts"

const SKEW_MATTERS_MS = 2000

/** One capability: does it see, and by which rung. Colour, sign and words say the same. */
export function Seeing({ sensor }: { sensor: Sensor }) {
  const { word } = useI18n()
  const good = sensor.state === "alive"
  return (
    <span className={good ? "tag good" : "tag bad"} title={word("sensor", sensor.state)}>
      {good ? "" : "✕ "}
      {word("cap", sensor.capability)}
      {sensor.rung && <small> {sensor.rung}</small>}
      {!good && <small> {word("sensor", sensor.state)}</small>}
    </span>
  )
}

/** How far the host's clock is off. `ms` is what has to be added to it, so a negative one is fast. */
export function Skew({ ms }: { ms: number | null }) {
  const { t, format } = useI18n()
  if (ms === null) return "–"
  if (Math.abs(ms) < SKEW_MATTERS_MS) return t("skew_right")
  return (
    <span className="tag bad">
      {t(ms < 0 ? "skew_ahead" : "skew_behind", { time: format.duration(Math.abs(ms)) })}
    </span>
  )
}
