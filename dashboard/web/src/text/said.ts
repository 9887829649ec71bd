/** Sentences that the collector and the agent write in English about themselves, in the reader's language. Pure. */
import { formats, instant } from "../i18n/format.ts"
import { translate, type Key, type Lang } from "../i18n/translate.ts"

/** Whole sentences; what a name stands for fills the hole of that name. A `time` is a moment, a `n` a number. */
const SENTENCES: readonly [RegExp, Key][] = [
  [/^last heard at (?<time>\S+); its stream is open$/u, "said_silent_open"],
  [/^last heard at (?<time>\S+); its stream ended$/u, "said_silent_ended"],
  [/^nothing since, and no last words$/u, "said_nothing_since"],
  [/^alive before, not alive now$/u, "said_blind"],
  [/^(?<n>\d+) bytes at offset (?<offset>\d+)$/u, "said_bytes_at"],
  [/^at offset (?<offset>\d+)$/u, "said_at"],
  [/^stopped by signal (?<signal>\w+)$/u, "said_signal"],
  [/^stopped after an error of its own$/u, "said_own_error"],
  [/^given up by the agent$/u, "said_given_up"],
  [/^the collector's (?<role>\w+): (?<why>.+)$/u, "said_collector_lost"],
  [/^disk: (?<why>.+)$/u, "said_disk"],
  [/^does not load: (?<why>.+)$/u, "said_does_not_load"],
  [/^updater ended with (?<why>.+)$/u, "said_updater_ended"],
  [/^this host's clock is (?<n>\d+) s ahead of the collector's;/u, "said_clock_ahead"],
  [/^this host's clock is (?<n>\d+) s behind the collector's;/u, "said_clock_behind"],
  [/^two agents with one identity take turns; the last is (?<who>.+)\. Find the copy/u, "said_two_agents"],
  [/^the first events of a spool's incarnation$/u, "said_epoch_new"],
  [/^lane (?<lane>\d): sequences (?<first>\d+) to (?<last>\d+) are missing/u, "said_sequence_jump"],
  [/^lane (?<lane>\d): under epoch \w+ other events are here up to sequence (?<last>\d+)/u, "said_chain_broken"],
  [/^lane (?<lane>\d): no chain is known at (?<last>\d+)$/u, "said_checkpoint_unknown"],
  [/^the checkpoint at sequence (?<last>\d+) is not signed by the host's key$/u, "said_checkpoint_forged"],
  [/^more than (?<n>\d+) separate (?:gaps|losses were told)$/u, "said_too_many"],
  [/^a message of a kind that is not known here was passed over$/u, "said_unknown_message"],
]

/** The sentence in that language, or the text itself if it is none of ours. */
export function said(text: string, lang: Lang): string {
  for (const [pattern, key] of SENTENCES) {
    const found = pattern.exec(text)
    if (found) return translate(lang, key, filled(found.groups ?? {}, lang))
  }
  return text
}

function filled(groups: Record<string, string>, lang: Lang): Record<string, string> {
  const format = formats(lang)
  const { time, n } = groups
  return {
    ...groups,
    ...(time === undefined ? {} : { time: format.moment(instant(time)) }),
    ...(n === undefined ? {} : { n: format.number(Number(n)) }),
  }
}
