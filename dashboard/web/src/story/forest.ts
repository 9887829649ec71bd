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
  const children = new Map<string, TreeNode[]>()
  for (const node of unique) {
    const parent = parentOf(node)
    if (parent) append(children, parent.entity_id, node)
  }
  const roots = unique.filter((node) => !parentOf(node))
  const reached = new Set<string>()
  for (const root of roots) reach(root, children, reached)
  for (const node of unique.filter((each) => !reached.has(each.entity_id))) {
    if (reached.has(node.entity_id)) continue // the root that we just made leads here
    const siblings = children.get(node.parent ?? "") ?? []
    siblings.splice(siblings.indexOf(node), 1)
    roots.push(node)
    reach(node, children, reached)
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

/** Mark a process and all below it. */
function reach(root: TreeNode, children: Map<string, TreeNode[]>, reached: Set<string>): void {
  const waiting = [root]
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (reached.has(node.entity_id)) continue
    reached.add(node.entity_id)
    waiting.push(...(children.get(node.entity_id) ?? []))
  }
}
