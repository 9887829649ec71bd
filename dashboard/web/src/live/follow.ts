/**
 * One stream for all tabs of a browser: a browser opens at most six connections to a server, so the seventh tab with
 * a stream of its own would never load. The tab that holds the lock reads the stream and tells the others; when it
 * closes, the next one takes over after the last id that all have heard. A SharedWorker would do the same, but no
 * worker can be made under `trusted-types 'none'`, and that policy is worth more.
 */
import type { Message } from "./sse.ts"
import { run, type State, type Stream } from "./stream.ts"

export interface Listener {
  message(message: Message): void
  state(state: State, fresh: boolean): void
}

type Said = { say: "message"; message: Message } | { say: "state"; state: State; fresh: boolean } | { say: "hello" }

const NAME = "tramgac-live"

/** Listen until the function that it gives is called. */
export function follow(listener: Listener): () => void {
  const end = new AbortController()
  const channel = new BroadcastChannel(NAME)
  let last = ""
  let state: State = "connecting"
  let leading = false

  const hear = (said: Said) => {
    if (said.say === "message") {
      last = said.message.id
      listener.message(said.message)
    } else if (said.say === "state") {
      state = said.state
      listener.state(said.state, said.fresh)
    } else if (leading) {
      channel.postMessage({ say: "state", state, fresh: false } satisfies Said)
    }
  }
  channel.addEventListener("message", (event: MessageEvent<Said>) => hear(event.data))
  channel.postMessage({ say: "hello" } satisfies Said)

  const lead = (told: boolean) => {
    leading = told
    const tell = (said: Said) => {
      if (told) channel.postMessage(said)
      hear(said)
    }
    const stream: Stream = {
      lastId: () => last,
      message: (message) => tell({ say: "message", message }),
      state: (now, fresh) => tell({ say: "state", state: now, fresh }),
    }
    return run(stream, end.signal)
  }

  // Locks need a secure context; a page on plain HTTP beyond loopback reads a stream of its own.
  if (navigator.locks) navigator.locks.request(NAME, { signal: end.signal }, () => lead(true)).catch(ended)
  else lead(false).catch(ended)

  return () => {
    end.abort()
    channel.close()
  }
}

function ended(error: unknown): void {
  if (!(error instanceof DOMException && error.name === "AbortError")) throw error
}
