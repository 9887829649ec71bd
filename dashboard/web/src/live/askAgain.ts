import type { Query, QueryClient, QueryFilters } from "@tanstack/react-query"

// Those that are asked once more when the answer that is under way is there.
const due = new WeakMap<Query, Promise<void>>()

/**
 * Ask again for what is on screen, and for the rest when it is next shown.
 *
 * An answer that is under way may be of before the change: it is let come, so that a slow line shows something, and
 * asked for once more, however many changes there were meanwhile.
 */
export async function askAgain(client: QueryClient, filters: QueryFilters = {}): Promise<void> {
  const busy = askOnceMore(client, filters) // first: what is asked for below is no answer of before
  await Promise.all([busy, client.invalidateQueries({ ...filters, fetchStatus: "idle" })])
}

/** Ask once more, after a pause, for what is being asked for just now; what is on screen already is left as it is. */
export async function askOnceMore(client: QueryClient, filters: QueryFilters, pauseMs = 0): Promise<void> {
  const asked = client.getQueryCache().findAll({ ...filters, fetchStatus: "fetching" })
  await Promise.all(asked.map((query) => due.get(query) ?? afterThis(client, query, pauseMs)))
}

function afterThis(client: QueryClient, query: Query, pauseMs: number): Promise<void> {
  const turn = query
    .fetch(undefined, { cancelRefetch: false }) // gives what is under way
    .catch(() => undefined)
    .then(() => (pauseMs > 0 ? new Promise((resolve) => setTimeout(resolve, pauseMs)) : undefined))
    .then(() => {
      due.delete(query)
      return client.invalidateQueries({ predicate: (other) => other === query })
    })
  due.set(query, turn)
  return turn
}
