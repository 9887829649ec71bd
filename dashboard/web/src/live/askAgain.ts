import type { QueryClient, QueryFilters } from "@tanstack/react-query"

/**
 * Ask again for what is on screen, and for the rest when it is next shown.
 *
 * What is being asked for the first time is let come, so that a slow line shows something, and is then asked once
 * more: its answer may be of before the change.
 */
export async function askAgain(client: QueryClient, filters: QueryFilters = {}): Promise<void> {
  const first = client.getQueryCache().findAll({ ...filters, fetchStatus: "fetching" }).filter(({ state }) => state.data === undefined)
  await client.invalidateQueries(filters)
  if (first.length > 0) await client.invalidateQueries({ predicate: (query) => first.includes(query) })
}
