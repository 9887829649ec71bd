import type { Key } from "../i18n/translate.ts"
import { useI18n } from "../i18n/useI18n.ts"
import { HostText } from "../ui/HostText.tsx"
import { visible } from "../text/visible.ts"
import type { Exception } from "./calls.ts"
import { LOUD_A_DAY, marksOf, ofEvery, type Mark } from "./notable.ts"
import { sentence } from "./refused.ts"

const BAD: ReadonlySet<Mark> = new Set(["fault", "loud"])

interface Props {
  row: Exception
  now: number
}

/** How it stands, and what stands out: words, with what to do about it as their title. */
export function Marks({ row, now }: Props) {
  const { t } = useI18n()
  const advice = useAdvice(row)
  return (
    <>
      {row.state !== "active" && <span className="tag">{t(`standing_${row.state}`)}</span>}
      {marksOf(row, now).map((mark) => (
        <span key={mark} className={BAD.has(mark) ? "tag bad" : "tag"} data-mark={mark} title={visible(advice(mark))}>
          {t(`mark_${mark}`)}
        </span>
      ))}
    </>
  )
}

/** The same in whole sentences. */
export function Advice({ row, now }: Props) {
  const advice = useAdvice(row)
  return marksOf(row, now).map((mark) => (
    <p key={mark} className="banner" data-mark={mark}>
      <HostText text={advice(mark)} />
    </p>
  ))
}

function useAdvice(row: Exception): (mark: Mark) => string {
  const { t, lang } = useI18n()
  const said = (mark: Mark): Key => (mark === "loud" && ofEvery(row) ? "mark_loud_every_hint" : `mark_${mark}_hint`)
  return (mark) => t(said(mark), { fault: sentence(row.fault_params, lang) ?? row.fault, most: LOUD_A_DAY })
}
