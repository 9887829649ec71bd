import { useMemo, useRef, useState } from "react"
import type { Session } from "../api.ts"
import type { Exception } from "../exceptions/calls.ts"
import { ExceptionDrawer } from "../exceptions/ExceptionDrawer.tsx"
import { ExceptionForm } from "../exceptions/ExceptionForm.tsx"
import { ExceptionTable } from "../exceptions/ExceptionTable.tsx"
import { concerns, fits, ofEvery, stands, viewOf, VIEWS } from "../exceptions/notable.ts"
import { useExceptions } from "../exceptions/useExceptions.ts"
import { useI18n } from "../i18n/useI18n.ts"
import { EVERYTHING_OPEN, type Route } from "../route.ts"
import { titleOf } from "../text/wording.ts"
import { HostText } from "../ui/HostText.tsx"
import { Empty, Failed, Loading, Stale } from "../ui/States.tsx"
import { useNow } from "../ui/Time.tsx"
import { useKeys } from "../useKeys.ts"
import { go } from "../useRoute.ts"

type Props = Omit<Route, "page"> & { session: Session }

/** What shall not alert: until when, why, by whom; and what that held back. */
export default function Exceptions({ id, filter, show, session }: Props) {
  const { t } = useI18n()
  const query = useExceptions()
  const [text, setText] = useState("")
  const [anew, setAnew] = useState<Exception>()
  const now = useNow()
  const view = viewOf(show)
  const all = useMemo(
    () => (query.data?.items ?? []).filter((row) => filter.rule === "" || concerns(row, filter.rule)),
    [query.data, filter.rule],
  )
  const shown = all.filter((row) => stands(row, view, now) && fits(row, text))
  const leave = () => go({ page: "exceptions", filter, show })
  return (
    <main className="page" tabIndex={-1}>
      <Toolbar all={all} shown={shown.length} text={text} onSearch={setText} filter={filter} show={show} />
      <Stale query={query} />
      {query.isPending ? (
        <Loading rows={10} />
      ) : query.isError && !query.data ? (
        <Failed error={query.error} retry={() => query.refetch()} />
      ) : shown.length > 0 ? (
        <ExceptionTable rows={shown} place={{ filter, show }} />
      ) : all.length === 0 ? (
        <Empty title={t("exc_empty")} hint={t("exc_empty_hint")} />
      ) : (
        <Empty title={t("exc_none_fit")} />
      )}
      {anew ? (
        <Anew row={anew} session={session} onClose={() => setAnew(undefined)} onStated={leave} />
      ) : (
        id !== "" && <ExceptionDrawer key={id} id={Number(id) || 0} session={session} onAnew={setAnew} onClose={leave} />
      )}
    </main>
  )
}

interface ToolbarProps extends Pick<Route, "filter" | "show"> {
  all: Exception[]
  shown: number
  text: string
  onSearch(text: string): void
}

function Toolbar({ all, shown, text, onSearch, filter, show }: ToolbarProps) {
  const { t, lang, format } = useI18n()
  const now = useNow()
  const input = useRef<HTMLInputElement>(null)
  useKeys({ filter: () => input.current?.focus() })
  const named = all.find((row) => row.rule === filter.rule)
  const rule = (named && titleOf(named, lang)) || filter.rule
  return (
    <search className="toolbar" aria-label={t("filters")}>
      <h1>{t("nav_exceptions")}</h1>
      <div className="segments" role="group" aria-label={t("exc_views")}>
        {VIEWS.map((each) => (
          <button
            key={each}
            type="button"
            aria-pressed={viewOf(show) === each}
            onClick={() => go({ page: "exceptions", filter, show: each === VIEWS[0] ? "" : each })}
          >
            {t(`view_${each}`)} {format.number(all.filter((row) => stands(row, each, now)).length)}
          </button>
        ))}
      </div>
      <div className="host-filter">
        <input
          ref={input}
          type="search"
          aria-label={t("exc_find")}
          placeholder={t("exc_find")}
          spellCheck={false}
          value={text}
          onChange={(event) => onSearch(event.target.value)}
        />
        <kbd aria-hidden="true">/</kbd>
      </div>
      {filter.rule && (
        <button
          type="button"
          className="chip"
          title={t("remove_filter")}
          onClick={() => go({ page: "exceptions", filter: EVERYTHING_OPEN, show })}
        >
          <HostText text={t("filter_rule", { rule })} /> ×
        </button>
      )}
      <span className="spacer" />
      <span className="count" role="status">
        {t("exc_count", { n: format.number(shown) })}
      </span>
    </search>
  )
}

interface AnewProps {
  row: Exception
  session: Session
  onStated(): void
  onClose(): void
}

/** One that ended, as the beginning of a new one. */
function Anew({ row, session, onStated, onClose }: AnewProps) {
  const { t, lang } = useI18n()
  const title = ofEvery(row) ? t("exc_every_rule") : titleOf(row, lang) || row.rule
  const start = { rule: row.rule, title, terms: [], query: row.query, host: null, site: row.site, why: row.why }
  return (
    <ExceptionForm
      title={t("exc_anew_title", { id: row.id })}
      start={start}
      session={session}
      placed
      onStated={onStated}
      onClose={onClose}
    />
  )
}
