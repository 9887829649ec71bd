import { useQuery } from "@tanstack/react-query"
import { useMemo, useRef, useState, type KeyboardEvent } from "react"
import { tree, type TreeNode } from "../api.ts"
import { instant } from "../i18n/format.ts"
import { useI18n } from "../i18n/useI18n.ts"
import { baseName } from "../text/visible.ts"
import { HostText } from "../ui/HostText.tsx"
import { Failed, Loading } from "../ui/States.tsx"
import { forest, lines, type Line } from "./forest.ts"

/** Which process started which: a treegrid, the ones that fired tinted, what does not matter folded away. */
export function Tree({ id }: { id: string }) {
  const { t, format } = useI18n()
  const query = useQuery({ queryKey: ["tree", id], queryFn: ({ signal }) => tree(id, signal), staleTime: 60_000 })
  const [everything, setEverything] = useState(false)
  const trees = useMemo(() => forest(query.data?.nodes ?? []), [query.data])
  const all = query.data?.nodes.length ?? 0
  const foldable = trees.relevant.size < all
  return (
    <section aria-labelledby="tree">
      <h3 id="tree">
        {t("tree")}
        {foldable && (
          <>
            {" – "}
            {t("tree_shown", {
              shown: format.number(everything ? all : trees.relevant.size),
              all: format.number(all),
            })}{" "}
            <button type="button" className="link" onClick={() => setEverything(!everything)}>
              {t(everything ? "tree_relevant" : "tree_all")}
            </button>
          </>
        )}
      </h3>
      {query.data?.complete === false && <p className="muted">{t("tree_partial")}</p>}
      {query.isPending ? (
        <Loading rows={4} />
      ) : query.isError ? (
        <Failed error={query.error} retry={() => query.refetch()} />
      ) : all === 0 ? (
        <p className="muted">{t("tree_empty")}</p>
      ) : (
        <Grid trees={trees} everything={everything} />
      )}
    </section>
  )
}

function Grid({ trees, everything }: { trees: ReturnType<typeof forest>; everything: boolean }) {
  const { t } = useI18n()
  const body = useRef<HTMLTableSectionElement>(null)
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set())
  const shown = useMemo(() => lines(trees, closed, everything), [trees, closed, everything])
  const [focused, setFocused] = useState(() => shown.findIndex((line) => line.node.alert))
  const at = Math.max(0, Math.min(focused, shown.length - 1))

  const focus = (index: number) => {
    const to = Math.max(0, Math.min(shown.length - 1, index))
    setFocused(to)
    body.current?.querySelectorAll<HTMLElement>("tr")[to]?.focus()
  }
  const toggle = (line: Line) => {
    const next = new Set(closed)
    if (!next.delete(line.node.entity_id)) next.add(line.node.entity_id)
    setClosed(next)
  }
  const left = (line: Line) => {
    if (line.expanded) toggle(line)
    else focus(shown.slice(0, at).findLastIndex((above) => above.level < line.level))
  }
  const right = (line: Line) => {
    if (line.children > 0 && !line.expanded) toggle(line)
    else if (line.expanded) focus(at + 1)
  }
  const keyed = (event: KeyboardEvent) => {
    const line = shown[at]
    if (!line || event.ctrlKey || event.metaKey || event.altKey) return
    const actions: Record<string, () => void> = {
      ArrowDown: () => focus(at + 1),
      ArrowUp: () => focus(at - 1),
      Home: () => focus(0),
      End: () => focus(shown.length - 1),
      ArrowLeft: () => left(line),
      ArrowRight: () => right(line),
    }
    const action = actions[event.key]
    if (!action) return
    event.preventDefault()
    action()
  }
  return (
    <div className="scroll-x">
      <table className="tree" role="treegrid" aria-labelledby="tree" onKeyDown={keyed}>
        <thead>
          <tr>
            <th scope="col">{t("tree_time")}</th>
            <th scope="col">{t("tree_process")}</th>
            <th scope="col">{t("tree_pid")}</th>
            <th scope="col">{t("tree_user")}</th>
            <th scope="col" className="wide">
              {t("tree_command")}
            </th>
          </tr>
        </thead>
        <tbody ref={body}>
          {shown.map((line, index) => (
            <Process
              key={line.node.entity_id}
              line={line}
              focusable={index === at}
              onFocus={() => setFocused(index)}
              toggle={() => toggle(line)}
            />
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface ProcessProps {
  line: Line
  focusable: boolean
  onFocus(): void
  toggle(): void
}

function Process({ line, focusable, onFocus, toggle }: ProcessProps) {
  const { t, format } = useI18n()
  const { node } = line
  return (
    <tr
      aria-level={line.level}
      aria-posinset={line.position}
      aria-setsize={line.size}
      aria-expanded={line.children > 0 ? line.expanded : undefined}
      tabIndex={focusable ? 0 : -1}
      data-hit={node.alert || undefined}
      data-entity-id={node.entity_id}
      onFocus={onFocus}
    >
      <td>
        <time dateTime={node.time} title={format.moment(instant(node.time))}>
          {format.clock(instant(node.time))}
        </time>
      </td>
      <td>
        <span className="tree-name" style={{ paddingInlineStart: (line.level - 1) * 16 }}>
          {line.children > 0 ? (
            <button
              type="button"
              className="twist"
              tabIndex={-1}
              aria-label={t(line.expanded ? "tree_collapse" : "tree_expand")}
              onClick={toggle}
            >
              {line.expanded ? "▾" : "▸"}
            </button>
          ) : (
            <span className="twist" aria-hidden="true">
              {line.level > 1 ? "└" : ""}
            </span>
          )}
          <HostText text={nameOf(node)} />
          {node.alert && <span className="sr-only"> ({t("tree_hit")})</span>}
        </span>
      </td>
      <td>{node.pid || ""}</td>
      <td>
        <HostText text={node.user} />
      </td>
      <td className="wide mono">
        <HostText text={node.command_line || node.executable} />
      </td>
    </tr>
  )
}

const nameOf = (node: TreeNode) => baseName(node.executable) || node.command_line.split(" ", 1)[0] || "?"
