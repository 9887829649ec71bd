import { useEffect, useEffectEvent } from "react"
import { command, type Command, type Place } from "./keys.ts"
import { settings } from "./settings.ts"

export type Handlers = Partial<Record<Command, () => void>>

/** Run commands of the keyboard while the component is shown. A modal dialog has the keyboard to itself. */
export function useKeys(handlers: Handlers): void {
  const pressed = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || document.querySelector("dialog[open]")) return
    const asked = command(event, placeOf(event.target), settings().letters)
    const handler = asked && handlers[asked]
    if (!handler) return
    event.preventDefault()
    handler()
  })
  useEffect(() => {
    const listen = (event: KeyboardEvent) => pressed(event)
    document.addEventListener("keydown", listen)
    return () => document.removeEventListener("keydown", listen)
  }, [])
}

function placeOf(target: EventTarget | null): Place {
  if (!(target instanceof Element)) return "page"
  if (target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]")) return "typing"
  return target.closest("button, a, summary, input, [role=row]") ? "control" : "page"
}
