/** What a browser has and Node has not, for the time of one test; all tests run in one process. */
import type { TestContext } from "node:test"

/** Put a global in place until the test ends. */
export function stub(t: TestContext, name: string, value: unknown): void {
  const before = Object.getOwnPropertyDescriptor(globalThis, name)
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
  t.after(() => {
    if (before) Object.defineProperty(globalThis, name, before)
    else Reflect.deleteProperty(globalThis, name)
  })
}

export interface Call {
  url: string
  options: RequestInit
}

/** A collector that answers as told. Gives the calls, in order, as they come. */
export function collector(t: TestContext, answer: (call: Call, number: number) => Response | Promise<Response>): Call[] {
  const calls: Call[] = []
  stub(t, "fetch", async (url: string, options: RequestInit) => {
    const call = { url, options }
    calls.push(call)
    return answer(call, calls.length)
  })
  return calls
}

/** The window's and the document's events. */
export function browser(t: TestContext): { window: EventTarget; document: EventTarget } {
  const window = new EventTarget()
  const document = new EventTarget()
  stub(t, "addEventListener", window.addEventListener.bind(window))
  stub(t, "document", document)
  return { window, document }
}

/** A stream of events that says these and stays open until it is cut; `leave` is the reader's. */
export function events(said: string | Uint8Array[], leave: AbortSignal | null | undefined): { response: Response; cut(): void } {
  const pieces = typeof said === "string" ? [new TextEncoder().encode(said)] : said
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined
  const body = new ReadableStream<Uint8Array>({
    start(given) {
      controller = given
      for (const piece of pieces) given.enqueue(piece)
    },
  })
  leave?.addEventListener("abort", () => controller?.error(leave.reason))
  return { response: new Response(body), cut: () => controller?.close() }
}

const LONGEST_MS = 5000

/** Let everything that is ready happen. */
export const settle = () => new Promise((resolve) => setImmediate(resolve))

/** Let things happen until it holds. */
export async function until(holds: () => boolean): Promise<void> {
  const latest = Date.now() + LONGEST_MS
  while (!holds()) {
    if (Date.now() > latest) throw new Error(`waited ${LONGEST_MS} ms for: ${holds}`)
    await settle()
  }
}
