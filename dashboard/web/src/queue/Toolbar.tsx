import { useRef, useState } from "react"
import { LEVELS, type AlertFilter, type AlertRow, type Level, type Status } from "../api.ts"
import { useI18n } from "../i18n/useI18n.ts"
import { visible } from "../text/visible.ts"
import { titleOf } from "../text/wording.ts"
import { HostText } from "../ui/HostText.tsx"
import { Icon } from "../ui/Icon.tsx"
import { LiveBadge } from "../ui/States.tsx"
import { useKeys } from "../useKeys.ts"
import { go } from "../useRoute.ts"
import { CloseAll } from "./CloseAll.tsx"

const STATUSES: readonly (Status | "all")[] = ["open", "closed", "all"]

interface Props {
  filter: AlertFilter
  rows: AlertRow[]
  total: number | undefined
  /** Until when the reader has seen alerts; empty if these may not be closed. */
  until: string
}

/** The filters of the queue. They live in the address: a view can be kept as a bookmark or sent to somebody. */
export function Toolbar({ filter, rows, total, until }: Props) {
  const { t, format, word, lang } = useI18n()
  const [closing, setClosing] = useState<string>()
  const first = rows[0]
  const rule = first?.rule === filter.rule ? titleOf(first, lang) : filter.rule
  const set = (part: Partial<AlertFilter>) => go({ page: "alerts", filter: { ...filter, ...part } })
  const toggle = (level: Level) =>
    set({ severity: LEVELS.filter((each) => filter.severity.includes(each) !== (each === level)) })
  return (
    <search className="toolbar" aria-label={t("filters")}>
      <div className="segments" role="group" aria-label={t("status")}>
        {STATUSES.map((status) => (
          <button key={status} type="button" aria-pressed={filter.status === status} onClick={() => set({ status })}>
            {t(`status_${status}`)}
          </button>
        ))}
      </div>
      <div className="segments levels" role="group" aria-label={t("severity")}>
        {LEVELS.map((level) => (
          <button
            key={level}
            type="button"
            data-level={level}
            aria-pressed={filter.severity.includes(level)}
            onClick={() => toggle(level)}
          >
            {word("level", level)}
          </button>
        ))}
      </div>
      <HostFilter key={filter.host} host={filter.host} rows={rows} set={(host) => set({ host })} />
      {filter.rule && (
        <button type="button" className="chip" title={t("remove_filter")} onClick={() => set({ rule: "" })}>
          <HostText text={t("filter_rule", { rule })} /> ×
        </button>
      )}
      <span className="spacer" />
      <span className="count" role="status">
        {total === undefined ? "…" : t("count_alerts", { n: format.number(total) })}
      </span>
      {until !== "" && filter.status !== "closed" && (
        <button
          type="button"
          className="icon close-all"
          aria-label={t("close_all")}
          title={t("close_all_title")}
          disabled={!total}
          onClick={() => setClosing(until)}
        >
          <Icon name="check" />
          <span>{t("close_all")}</span>
        </button>
      )}
      <LiveBadge />
      {closing !== undefined && <CloseAll filter={filter} until={closing} onClose={() => setClosing(undefined)} />}
    </search>
  )
}

function HostFilter({ host, rows, set }: { host: string; rows: AlertRow[]; set(host: string): void }) {
  const { t } = useI18n()
  const input = useRef<HTMLInputElement>(null)
  const [text, setText] = useState(host)
  useKeys({
    filter: () => {
      input.current?.focus()
      input.current?.select()
    },
  })
  const names = [...new Set(rows.map((row) => row.hostname))].filter((name) => visible(name) === name)
  return (
    <form
      className="host-filter"
      onSubmit={(event) => {
        event.preventDefault()
        set(text.trim())
      }}
    >
      <input
        ref={input}
        type="search"
        list="known-hosts"
        aria-label={t("filter_host")}
        placeholder={t("filter_host")}
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(event) => {
          setText(event.target.value)
          if (event.target.value === "" && host !== "") set("")
        }}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return
          event.stopPropagation()
          setText(host)
          input.current?.blur()
        }}
      />
      <kbd aria-hidden="true">/</kbd>
      <datalist id="known-hosts">
        {names.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </form>
  )
}
