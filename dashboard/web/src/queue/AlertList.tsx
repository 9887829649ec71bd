import { useVirtualizer } from "@tanstack/react-virtual"
import { memo, useEffect, useImperativeHandle, useMemo, useRef, type KeyboardEvent, type Ref } from "react"
import { OURS, type AlertRow } from "../api.ts"
import { useI18n } from "../i18n/useI18n.ts"
import { said } from "../text/said.ts"
import { called, twins } from "../text/twins.ts"
import { titleOf } from "../text/wording.ts"
import { HostText } from "../ui/HostText.tsx"
import { LevelPill } from "../ui/Level.tsx"
import { Ago } from "../ui/Time.tsx"

const ROW_PX = 82
const AHEAD = 30 // rows before the end at which the next page is asked for

export interface ListHandle {
  atTop(): boolean
  focus(): void
  show(index: number): void
}

interface Props {
  ref: Ref<ListHandle>
  rows: AlertRow[]
  total: number
  selected: string
  open(row: AlertRow, how: "push" | "replace"): void
  move(steps: number): void
  more: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage(options: { cancelRefetch: boolean }): unknown }
}

/** The queue as a listbox. Only the rows on screen are in the document, however long it is. */
export function AlertList({ ref, rows, total, selected, open, move, more }: Props) {
  const { t } = useI18n()
  const box = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_PX,
    overscan: 8,
    getItemKey: (index) => rows[index]?.id ?? index,
  })
  const shared = useMemo(() => twins(rows.map(hostOf)), [rows])
  const shown = virtual.getVirtualItems()
  const last = shown.at(-1)?.index ?? 0
  const wanted = last > rows.length - AHEAD && more.hasNextPage && !more.isFetchingNextPage
  const { fetchNextPage } = more
  // After every drawing, not only when it becomes wanted: a refresh that is under way turns the first asking down.
  useEffect(() => {
    if (wanted) fetchNextPage({ cancelRefetch: false })
  })
  useImperativeHandle(ref, () => ({
    atTop: () => (box.current?.scrollTop ?? 0) < ROW_PX / 2,
    focus: () => box.current?.focus(),
    show: (index) => virtual.scrollToIndex(index),
  }))
  const keyed = (event: KeyboardEvent) => {
    const steps = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key]
    if (steps === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    move(steps)
  }
  const onScreen = shown.some((item) => rows[item.index]?.id === selected)
  return (
    <div
      ref={box}
      className="list"
      role="listbox"
      tabIndex={0}
      aria-label={t("list_label")}
      aria-activedescendant={onScreen ? `alert-${selected}` : undefined}
      onKeyDown={keyed}
    >
      <div role="presentation" style={{ height: virtual.getTotalSize() }}>
        {shown.map((item) => {
          const row = rows[item.index]
          return (
            row && (
              <Row
                key={item.key}
                row={row}
                host={called(hostOf(row), shared)}
                position={item.index + 1}
                total={total}
                top={item.start}
                selected={row.id === selected}
                open={open}
              />
            )
          )
        })}
      </div>
      {more.isFetchingNextPage && <p className="list-more">{t("load_more")}</p>}
    </div>
  )
}

const hostOf = (row: AlertRow) => ({ id: row.host, name: row.hostname })

interface RowProps {
  row: AlertRow
  host: string
  position: number
  total: number
  top: number
  selected: boolean
  open(row: AlertRow, how: "push"): void
}

const Row = memo(
  function Row({ row, host, position, total, top, selected, open }: RowProps) {
    const { word, lang } = useI18n()
    const standing = [
      row.status === "closed" && row.verdict ? word("verdict", row.verdict) : "",
      row.stage && row.stage !== "confirmed" ? word("stage", row.stage) : "",
    ].filter(Boolean)
    return (
      // The listbox has the focus and the keys; an option is only pointed at.
      // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
      <div
        id={`alert-${row.id}`}
        className="row"
        role="option"
        tabIndex={-1}
        aria-selected={selected}
        aria-posinset={position}
        aria-setsize={total}
        data-alert-id={row.id}
        data-created={row.created}
        data-level={row.level}
        data-status={row.status}
        style={{ transform: `translateY(${top}px)` }}
        onClick={() => open(row, "push")}
      >
        <span className="row-title">
          <HostText text={titleOf(row, lang)} />
        </span>
        <LevelPill level={row.level} />
        <span className="row-who">
          <HostText text={host} />
          {row.user && (
            <>
              {" · "}
              <HostText text={row.user} />
            </>
          )}
        </span>
        <span className="row-when">
          <Ago time={row.created} />
        </span>
        <span className="row-what">
          <HostText text={row.rule.startsWith(OURS) ? said(row.summary, lang) : row.summary} />
        </span>
        {standing.length > 0 && <span className="row-verdict">{standing.join(" · ")}</span>}
      </div>
    )
  },
  (a, b) =>
    a.row === b.row &&
    a.host === b.host &&
    a.selected === b.selected &&
    a.top === b.top &&
    a.position === b.position &&
    a.total === b.total,
)
