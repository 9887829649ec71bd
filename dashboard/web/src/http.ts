/** Calls to the collector: same origin, JSON both ways, every failure an `ApiError` with a code the dictionary knows. */

export class ApiError extends Error {
  readonly code: string
  readonly status: number
  readonly params: Record<string, unknown>

  constructor(code: string, status: number, params: Record<string, unknown> = {}) {
    super(code)
    this.code = code
    this.status = status
    this.params = params
  }
}

type Listener = () => void
const signedOut = new Set<Listener>()

/** Tell when the collector answers that nobody is signed in any more. Gives the function that stops it. */
export function onSignedOut(listener: Listener): Listener {
  signedOut.add(listener)
  return () => signedOut.delete(listener)
}

export async function get<T>(path: string, query: Record<string, string> = {}, signal?: AbortSignal): Promise<T> {
  const given = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== ""))
  const response = await call(`./api/${path}${given.size > 0 ? `?${given}` : ""}`, { signal: signal ?? null })
  return (await response.json()) as T
}

/** Gives what the collector answers; undefined if it only says that it is done. */
export async function post<T = void>(path: string, body: unknown, signal?: AbortSignal): Promise<T> {
  const response = await call(`./api/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    signal: signal ?? null,
  })
  return (response.status === 204 ? undefined : await response.json()) as T
}

async function call(url: string, options: RequestInit): Promise<Response> {
  let response: Response
  try {
    response = await fetch(url, { credentials: "same-origin", ...options })
  } catch (error) {
    if (options.signal?.aborted) throw error
    throw new ApiError("unreachable", 0)
  }
  if (response.ok) return response
  const error = await described(response)
  if (error.code === "not_signed_in") for (const listener of signedOut) listener()
  throw error
}

async function described(response: Response): Promise<ApiError> {
  try {
    const said = (await response.json()) as { error?: unknown; params?: Record<string, unknown> }
    if (typeof said.error === "string") return new ApiError(said.error, response.status, said.params ?? {})
  } catch {
    // not JSON: a proxy's page, or a collector that is starting
  }
  return new ApiError(response.status >= 500 ? "unavailable" : "bad_request", response.status)
}
