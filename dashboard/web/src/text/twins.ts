/** Hosts that have one name: the beginning of the id, as every command takes it, tells them apart. */

const ENOUGH = 8

interface Named {
  id: string
  name: string
}

/** The names that more than one host has. */
export function twins(hosts: readonly Named[]): ReadonlySet<string> {
  const ids = new Map<string, string>()
  const found = new Set<string>()
  for (const { id, name } of hosts) {
    if ((ids.get(name) ?? id) !== id) found.add(name)
    ids.set(name, id)
  }
  return found
}

/** What a host is called in a list; its id where it has no name. */
export function called({ id, name }: Named, shared: ReadonlySet<string>): string {
  if (!name) return id
  return shared.has(name) ? `${name} (${id.slice(0, ENOUGH)})` : name
}
