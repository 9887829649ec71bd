import { useQuery } from "@tanstack/react-query"
import { useEffect, useRef, useState, type ReactNode } from "react"
import { may, type Session } from "../api.ts"
import { ApiError } from "../http.ts"
import { instant } from "../i18n/format.ts"
import { useI18n } from "../i18n/useI18n.ts"
import { EVERYTHING_OPEN, format as address } from "../route.ts"
import { titleOf } from "../text/wording.ts"
import { Copy } from "../ui/Copy.tsx"
import { Dialog } from "../ui/Dialog.tsx"
import { HostText } from "../ui/HostText.tsx"
import { Empty, Failed, Loading } from "../ui/States.tsx"
import { Ago, useNow } from "../ui/Time.tsx"
import { exception, type Exception, type ExceptionDetail } from "./calls.ts"
import { Change } from "./Change.tsx"
import { choices } from "./lasting.ts"
import { Advice } from "./Marks.tsx"
import { ofEvery } from "./notable.ts"
import { Recent } from "./Recent.tsx"

interface Props {
  id: number
  session: Session
  onAnew(row: Exception): void
  onClose(): void
}

/** One exception: what it says, who said so, what it held back; ended, prolonged or stated anew from here. */
export function ExceptionDrawer({ id, session, onAnew, onClose }: Props) {
  const { t } = useI18n()
  const query = useQuery({ queryKey: ["exception", id], queryFn: ({ signal }) => exception(id, signal), enabled: id > 0 })
  const gone = id <= 0 || (query.error instanceof ApiError && query.error.status === 404)
  return (
    <Dialog title={gone ? t("exc_gone") : t("exc_named", { id })} shape="drawer" onClose={onClose}>
      {gone ? (
        <Empty title={t("exc_gone")} />
      ) : query.data ? (
        <Shown row={query.data} session={session} onAnew={onAnew} />
      ) : query.error ? (
        <Failed error={query.error} retry={() => query.refetch()} />
      ) : (
        <Loading />
      )}
    </Dialog>
  )
}

function Shown({ row, session, onAnew }: { row: ExceptionDetail; session: Session; onAnew(row: Exception): void }) {
  const now = useNow()
  return (
    <>
      <Advice row={row} now={now} />
      <Facts row={row} />
      {may(session, "exceptions.manage") && <Actions row={row} session={session} onAnew={onAnew} />}
      <ByRule row={row} />
      <Recent recent={row.recent} />
    </>
  )
}

/** How many it held back of which rule, where that is more than the exception says by itself. */
function ByRule({ row }: { row: ExceptionDetail }) {
  const { t, lang, format } = useI18n()
  const rules = Object.entries(row.rules)
  if (rules.length < (ofEvery(row) ? 1 : 2)) return null
  const title = (rule: string) => row.recent.filter((held) => held.rule === rule).map((held) => titleOf(held, lang))[0]
  return (
    <section>
      <h3>{t("exc_by_rule")}</h3>
      <ul className="plain">
        {rules.map(([rule, count]) => (
          <li key={rule}>
            <HostText text={title(rule) || rule} />: {format.number(count)}
          </li>
        ))}
      </ul>
    </section>
  )
}

function Facts({ row }: { row: Exception }) {
  const { t, lang, format } = useI18n()
  const rule = ofEvery(row) ? t("exc_every_rule") : titleOf(row, lang) || row.rule
  const alertsOf = address({ page: "alerts", filter: { ...EVERYTHING_OPEN, status: "all", rule: row.rule } })
  const now = useNow()
  return (
    <dl className="facts">
      <Fact name={t("status")}>{t(`standing_${row.state}`)}</Fact>
      <Fact name={t("exc_of_rule")}>
        {ofEvery(row) ? rule : (
          <a href={alertsOf}>
            <HostText text={rule} />
          </a>
        )}
      </Fact>
      <Fact name={t("exc_query")}>
        <code>
          <HostText text={row.query} />
        </code>{" "}
        <Copy text={row.query} name={t("exc_query")} />
      </Fact>
      <Fact name={t("exc_where")}>
        <HostText text={row.site ? t("exc_at_site", { site: row.site }) : t("exc_everywhere")} />
      </Fact>
      <Fact name={t("exc_until")}>
        {row.expires ? `${format.moment(instant(row.expires))} (${format.relative(instant(row.expires), now)})` : t("exc_until_ever")}
      </Fact>
      <Step name={t("exc_stated_by")} by={row.by} time={row.time} why={row.why} />
      <Step name={t("exc_prolonged_by")} by={row.prolonged_by} time={row.prolonged} why={row.prolonged_why} />
      <Step name={t("exc_ended_by")} by={row.ended_by} time={row.ended} why={row.ended_why} />
      <Fact name={t("exc_col_held")}>
        {t("exc_held_total", { n: format.number(row.held), day: format.number(row.held_a_day) })}
        {row.last && (
          <>
            {" · "}
            {t("exc_col_last")} <Ago time={row.last} />
          </>
        )}
      </Fact>
    </dl>
  )
}

function Step({ name, by, time, why }: { name: string; by: string; time: string | null; why: string }) {
  if (time === null) return null
  return (
    <Fact name={name}>
      <b>
        <HostText text={by} />
      </b>{" "}
      · <Ago time={time} />
      <br />
      <HostText text={why} prose />
    </Fact>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function Actions({ row, session, onAnew }: { row: Exception; session: Session; onAnew(row: Exception): void }) {
  const { t } = useI18n()
  const now = useNow()
  const [what, setWhat] = useState<"end" | "prolong">()
  const place = useRef<HTMLDivElement>(null)
  const had = useRef(what)
  // What had the focus is gone, and the buttons change once the row is read again: whoever works with keys goes on here.
  useEffect(() => {
    if (had.current !== what) (place.current?.querySelector<HTMLElement>("[data-first]") ?? place.current)?.focus()
    had.current = what
  }, [what])
  const mayEver = may(session, "rules.manage")
  const prolongable = row.expires !== null && (mayEver || choices(now, row.expires).length > 0)
  return (
    <div ref={place} role="group" tabIndex={-1} aria-label={t("exc_actions")}>
      {row.state !== "active" ? (
        <button type="button" className="button" onClick={() => onAnew(row)}>
          {t("exc_anew")}
        </button>
      ) : what ? (
        <Change key={what} row={row} what={what} session={session} onDone={() => setWhat(undefined)} />
      ) : (
        <p className="form-actions start">
          {prolongable && (
            <button type="button" className="button" onClick={() => setWhat("prolong")}>
              {t("exc_prolong")}
            </button>
          )}
          <button type="button" className="button" onClick={() => setWhat("end")}>
            {t("exc_end")}
          </button>
        </p>
      )}
    </div>
  )
}
