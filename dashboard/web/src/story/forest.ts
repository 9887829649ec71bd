/** The process tree as lines of a treegrid: parents before children, what does not matter folded away. */
import type { TreeNode } from "../api.ts"

/** A process, where it stands among those on screen. */
export interface Line {
  node: TreeNode
  level: number
  position: number
  size: number
  children: number
  expanded: boolean
}

export interface Forest {
  roots: TreeNode[]
  children: Map<string, TreeNode[]>
  /** Processes on the way to an alert, those that fired, and what those started. */
  relevant: Set<string>
}

/** Order the processes. Parents that are missing, or that go in circles, make a root; none is lost or shown twice. */
export function forest(nodes: readonly TreeNode[]): Forest {
  const byId = new Map(nodes.map((node) => [node.entity_id, node]))
  const unique = [...byId.values()].toSorted((a, b) => a.time.localeCompare(b.time))
  const parentOf = (node: TreeNode) => (node.parent === null ? undefined : byId.get(node.parent))
  const roots: TreeNode[] = []
  const children = new Map<string, TreeNode[]>()
  for (const node of unique) {
    const parent = parentOf(node)
    if (parent === undefined || circular(node, parentOf)) roots.push(node)
    else append(children, parent.entity_id, node)
  }
  const relevant = new Set<string>()
  for (const node of unique.filter((each) => each.alert)) {
    for (let up: TreeNode | undefined = node; up && !relevant.has(up.entity_id); up = parentOf(up)) relevant.add(up.entity_id)
    for (const child of children.get(node.entity_id) ?? []) relevant.add(child.entity_id)
  }
  return { roots, children, relevant: relevant.size > 0 ? relevant : new Set(byId.keys()) }
}

/** The lines to show. `closed` holds the entity ids that the reader collapsed; `everything` unfolds the rest. */
export function lines(trees: Forest, closed: ReadonlySet<string>, everything: boolean): Line[] {
  const found: Line[] = []
  const shown = (nodes: readonly TreeNode[]) =>
    everything ? nodes : nodes.filter((node) => trees.relevant.has(node.entity_id))
  const walk = (nodes: readonly TreeNode[], level: number) => {
    for (const [index, node] of nodes.entries()) {
      const below = shown(trees.children.get(node.entity_id) ?? [])
      const expanded = below.length > 0 && !closed.has(node.entity_id)
      found.push({ node, level, position: index + 1, size: nodes.length, children: below.length, expanded })
      if (expanded) walk(below, level + 1)
    }
  }
  walk(shown(trees.roots), 1)
  return found
}

function append(lists: Map<string, TreeNode[]>, key: string, node: TreeNode): void {
  const list = lists.get(key)
  if (list) list.push(node)
  else lists.set(key, [node])
}

function circular(node: TreeNode, parentOf: (node: TreeNode) => TreeNode | undefined): boolean {
  const seen = new Set<string>([node.entity_id])
  for (let up = parentOf(node); up; up = parentOf(up)) {
    if (up.entity_id === node.entity_id) return true
    if (seen.has(up.entity_id)) return false // a circle further up; its own members are its roots
    seen.add(up.entity_id)
  }
  return false
}
