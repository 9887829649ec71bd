import { useQuery } from "@tanstack/react-query"
import { useId, useState, type FormEvent } from "react"
import { countOpen, NEEDS_REASON, VERDICTS, type AlertFilter, type Verdict } from "../api.ts"
import { useI18n } from "../i18n/useI18n.ts"
import { Dialog } from "../ui/Dialog.tsx"
import { HostText } from "../ui/HostText.tsx"
import { useClosing, type Progress } from "./useClosing.ts"

const WORTH_SAYING_MS = 5000

interface Props {
  filter: AlertFilter
  /** When the reader looked: what was raised or changed later stays as it is. */
  until: string
  onClose(): void
}

/** Asks for one verdict on all open alerts that the filters show, with their number, and closes them bit by bit. */
export function CloseAll({ filter, until, onClose }: Props) {
  const { t, format, word } = useI18n()
  const hint = useId()
  const [verdict, setVerdict] = useState<Verdict>("benign")
  const [note, setNote] = useState("")
  const [missing, setMissing] = useState(false)
  const count = useQuery({
    queryKey: ["count", filter, until],
    queryFn: ({ signal }) => countOpen(filter, until, signal),
    staleTime: Infinity,
  })
  const total = count.data?.total ?? 0
  const { progress, run } = useClosing(filter, until, total, onClose)
  const busy = progress !== undefined
  const submit = (event?: FormEvent) => {
    event?.preventDefault()
    if (busy || total === 0) return
    if (NEEDS_REASON.has(verdict) && note.trim() === "") setMissing(true)
    else void run(verdict, note.trim())
  }
  return (
    <Dialog title={t("close_all_title")} shape="sheet" onClose={onClose}>
      <form className="form" onSubmit={submit}>
        {busy ? (
          <Going progress={progress} total={total} />
        ) : (
          <p role="status">
            {count.isError ? t("close_all_uncounted") : count.data && t("close_all_count", { n: format.number(total) })}
          </p>
        )}
        <Which filter={filter} />
        <fieldset disabled={busy}>
          <legend>{t("fp_kind")}</legend>
          {VERDICTS.map((each) => (
            <label key={each} className="check">
              <input
                type="radio"
                name="verdict"
                data-first={each === verdict || undefined}
                checked={verdict === each}
                onChange={() => (setVerdict(each), setMissing(false))}
              />
              {word("verdict", each)}
            </label>
          ))}
        </fieldset>
        <label>
          {t("act_note")}
          <textarea
            rows={3}
            disabled={busy}
            value={note}
            aria-describedby={hint}
            aria-invalid={missing}
            onChange={(event) => (setNote(event.target.value), setMissing(false))}
            onKeyDown={(event) => {
              if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit()
            }}
          />
        </label>
        <p id={hint} className={missing ? "form-error" : "muted"} role={missing ? "alert" : undefined}>
          {t(missing ? "fp_reason_needed" : "close_all_hint")}
        </p>
        <div className="form-actions">
          <button type="button" className="button" onClick={onClose}>
            {t(busy ? "close_all_stop" : "cancel")}
          </button>
          <button type="submit" className="button primary" disabled={busy || total === 0}>
            {t("close_all_submit", { n: format.number(total) })}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

/** How far it is, and how long it will take at this pace. */
function Going({ progress: { done, began, now }, total }: { progress: Progress; total: number }) {
  const { t, format } = useI18n()
  const left = done > 0 ? ((now - began) / done) * (total - done) : 0
  return (
    <>
      <p role="status">
        {t("close_all_done", { done: format.number(done), n: format.number(total) })}{" "}
        {left >= WORTH_SAYING_MS && t("close_all_time", { time: format.duration(left) })}
      </p>
      <progress value={done} max={total} aria-label={t("close_all_title")} />
    </>
  )
}

/** Which filters hold; nothing where none does. */
function Which({ filter }: { filter: AlertFilter }) {
  const { t, word } = useI18n()
  const { severity, host, rule } = filter
  const told = [
    severity.length > 0 && `${t("severity")}: ${severity.map((level) => word("level", level)).join(", ")}`,
    host && `${t("host")}: ${host}`,
    rule && t("filter_rule", { rule }),
  ].filter((each): each is string => Boolean(each))
  return (
    <p className="muted">
      <HostText text={told.length > 0 ? told.join(" · ") : t("close_all_no_filter")} />
    </p>
  )
}
