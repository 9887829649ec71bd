/** One connection to `/api/stream`, kept alive: resumes after the last id it saw, waits longer after each failure. */
import { EventReader, type Message } from "./sse.ts"

export type State = "connecting" | "live" | "offline" | "signed_out"

export interface Stream {
  lastId(): string
  message(message: Message): void
  /** `fresh` is true when this connection could not resume, so something may have been missed before it. */
  state(state: State, fresh: boolean): void
}

// The collector says something at least every 15 s; a connection that is silent for longer is dead.
const SILENCE_MS = 45_000
const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 15_000

/** Run until `signal` is aborted. */
export async function run(stream: Stream, signal: AbortSignal): Promise<void> {
  for (let failures = 0; !signal.aborted; ) {
    const began = await attempt(stream, signal)
    if (signal.aborted) return
    failures = began ? 0 : failures + 1
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures)
    await pause(wait * (0.5 + Math.random() / 2), signal)
  }
}

/** One connection from beginning to end; tells whether it came up at all. */
async function attempt(stream: Stream, signal: AbortSignal): Promise<boolean> {
  const dead = new AbortController()
  const both = AbortSignal.any([signal, dead.signal])
  let silence = setTimeout(() => dead.abort(), SILENCE_MS)
  let began = false
  try {
    const last = stream.lastId()
    const response = await fetch("./api/stream", {
      headers: { accept: "text/event-stream", ...(last && { "last-event-id": last }) },
      credentials: "same-origin",
      cache: "no-store",
      signal: both,
    })
    if (response.status === 401) stream.state("signed_out", false)
    if (!response.ok || !response.body) throw new Error(`stream: ${response.status}`)
    began = true
    stream.state("live", last === "")
    const events = new EventReader()
    const chunks = response.body.pipeThrough(new TextDecoderStream()).getReader()
    for (let chunk = await chunks.read(); !chunk.done; chunk = await chunks.read()) {
      clearTimeout(silence)
      silence = setTimeout(() => dead.abort(), SILENCE_MS)
      for (const message of events.push(chunk.value)) stream.message(message)
    }
  } catch {
    // the network's ways to end a connection all mean the same here: say so and try again
  } finally {
    clearTimeout(silence)
  }
  if (!signal.aborted) stream.state("offline", false)
  return began
}

/** Wait, but not past the moment when the network comes back or the page is looked at again. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const events = new AbortController()
    const done = () => {
      clearTimeout(timer)
      events.abort()
      resolve()
    }
    const timer = setTimeout(done, ms)
    addEventListener("online", done, { signal: events.signal })
    document.addEventListener("visibilitychange", done, { signal: events.signal })
    signal.addEventListener("abort", done, { signal: events.signal })
  })
}
