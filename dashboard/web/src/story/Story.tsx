import { useQuery } from "@tanstack/react-query"
import { useState } from "react"
import { alert, may, type AlertRow, type Session } from "../api.ts"
import { OfRule } from "../exceptions/OfRule.tsx"
import { ApiError } from "../http.ts"
import { useI18n } from "../i18n/useI18n.ts"
import { format as address } from "../route.ts"
import { techniques } from "../text/tags.ts"
import { titleOf } from "../text/wording.ts"
import { HostText } from "../ui/HostText.tsx"
import { LevelPill } from "../ui/Level.tsx"
import { StagePill } from "../ui/Stage.tsx"
import { Empty, Failed, Loading, Stale } from "../ui/States.tsx"
import { Moment } from "../ui/Time.tsx"
import { Events } from "./Events.tsx"
import type { Head } from "./head.ts"
import { History } from "./History.tsx"
import { Notes } from "./Notes.tsx"
import { Tree } from "./Tree.tsx"
import { Triage } from "./Triage.tsx"
import { VerdictBar } from "./VerdictBar.tsx"
import { Why } from "./Why.tsx"
import { RuleDrawer } from "./RuleDrawer.tsx"

interface Props {
  id: string
  row: AlertRow | undefined
  session: Session
  onBack(): void
}

/** One alert from top to bottom. The heading and the verdicts are there at once, out of the list's row. */
export function Story({ id, row, session, onBack }: Props) {
  const { t } = useI18n()
  const [ruleOpen, setRuleOpen] = useState(false)
  const query = useQuery({ queryKey: ["alert", id], queryFn: ({ signal }) => alert(id, signal) })
  const detail = query.data
  const head: Head | undefined = detail ?? row
  const back = (
    <button type="button" className="link back" onClick={onBack}>
      ← {t("back_to_list")}
    </button>
  )
  if (query.error instanceof ApiError && query.error.status === 404) {
    return <Empty title={t("not_found_alert")}>{back}</Empty>
  }
  if (!head) return query.error ? <Failed error={query.error} retry={() => query.refetch()} /> : <Loading />
  return (
    <article className="story" data-alert-story={id}>
      {back}
      <Heading head={head} latency={detail?.latency_ms ?? null} />
      <VerdictBar head={head} detail={detail} session={session} />
      {detail ? (
        <>
          <Stale query={query} />
          <Why why={detail.why} rule={detail.rule} onRule={() => setRuleOpen(true)} />
          <Triage rule={detail.rule} />
          {may(session, "rules.read") && <OfRule rule={detail.rule.id} />}
          <Tree id={id} />
          <Events events={detail.events} />
          <div className="columns">
            <Notes id={id} notes={detail.notes} mayWrite={may(session, "alerts.decide")} />
            <History history={detail.history} />
          </div>
          {ruleOpen && <RuleDrawer rule={detail.rule} session={session} onClose={() => setRuleOpen(false)} />}
        </>
      ) : query.error ? (
        <Failed error={query.error} retry={() => query.refetch()} />
      ) : (
        <Loading rows={8} />
      )}
    </article>
  )
}

function Heading({ head, latency }: { head: Head; latency: number | null }) {
  const { t, lang, format } = useI18n()
  const found = techniques(head.tags)
  return (
    <header className="story-head">
      <p className="muted">
        {t("host")}{" "}
        <a href={address({ page: "hosts", id: head.host })}>
          <HostText text={head.hostname || head.host} />
        </a>
        {head.user && (
          <>
            {" · "}
            {t("user")}{" "}
            <b>
              <HostText text={head.user} />
            </b>
          </>
        )}
        {" · "}
        <Moment time={head.time} />
      </p>
      <h2 data-story-heading tabIndex={-1}>
        <LevelPill level={head.level} /> <StagePill stage={head.stage} /> <HostText text={titleOf(head, lang)} />
      </h2>
      <p className="muted">
        {found.length > 0 && <span className="techniques">{found.join(" · ")}</span>}
        {latency !== null && <span>{t("latency", { time: format.duration(latency) })}</span>}
      </p>
    </header>
  )
}
