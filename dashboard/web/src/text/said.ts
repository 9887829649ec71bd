/** Sentences that the collector and the agent write in English about themselves, in the reader's language. Pure. */
import { formats, instant } from "../i18n/format.ts"
import { translate, type Key, type Lang } from "../i18n/translate.ts"

/**
 * Whole sentences; what a name stands for fills the hole of that name. A `time` is a moment, a `n` a number, a `why`
 * may be a sentence itself. The command lines have the same (`proto/tramgac_wire/said.py`).
 */
const SENTENCES: readonly [RegExp, Key][] = [
  [/^last heard at (?<time>\S+); its stream is open$/u, "said_silent_open"],
  [/^last heard at (?<time>\S+); its stream ended$/u, "said_silent_ended"],
  [/^nothing since, and no last words$/u, "said_nothing_since"],
  [/^(?<n>\d+) hosts of site '(?<site>.*)': (?<why>.+)$/u, "said_hosts_of_site"],
  [/^alive before, not alive now$/u, "said_blind"],
  [/^(?<n>\d+) bytes at offset (?<offset>\d+)$/u, "said_bytes_at"],
  [/^at offset (?<offset>\d+)$/u, "said_at"],
  [/^stopped by signal (?<signal>\w+)$/u, "said_signal"],
  [/^the machine goes to sleep$/u, "said_sleep"],
  [/^stopped after an error of its own$/u, "said_own_error"],
  [/^given up by the agent$/u, "said_given_up"],
  [/^the collector's (?<role>\w+): (?<why>.+)$/u, "said_collector_lost"],
  [/^disk: (?<why>.+)$/u, "said_disk"],
  [/^does not load: (?<why>.+)$/u, "said_does_not_load"],
  [/^updater ended with (?<why>.+)$/u, "said_updater_ended"],
  [/^this host's clock is (?<n>\d+) s ahead of the collector's;/u, "said_clock_ahead"],
  [/^this host's clock is (?<n>\d+) s behind the collector's;/u, "said_clock_behind"],
  [/^two agents with one identity take turns; the last is (?<who>.+)\. Find the copy/u, "said_two_agents"],
  [/^two collectors with one identity take turns; this host came from (?<who>\w+):/u, "said_two_collectors"],
  [/^the first events of a spool's incarnation$/u, "said_epoch_new"],
  [/^lane (?<lane>\d): sequences (?<first>\d+) to (?<last>\d+) are missing/u, "said_sequence_jump"],
  [/^lane (?<lane>\d): under epoch \w+ other events are here up to sequence (?<last>\d+)/u, "said_chain_broken"],
  [/^lane (?<lane>\d): no chain is known at (?<last>\d+)$/u, "said_checkpoint_unknown"],
  [/^the checkpoint at sequence (?<last>\d+) is not signed by the host's key$/u, "said_checkpoint_forged"],
  [/^more than (?<n>\d+) separate (?:gaps|losses were told)$/u, "said_too_many"],
  [/^a message of a kind that is not known here was passed over$/u, "said_unknown_message"],
  [/^not permitted; needs root or (?<rights>\S+)$/u, "said_not_permitted"],
  [/^libbpf\.so\.1 not found; (?<install>.+)$/u, "said_no_libbpf"],
  [/^(?<path>\S+) is missing; build the package again \(\.\/dev run\)$/u, "said_no_programs"],
  [/^this kernel tells nothing about its types; needs a kernel with (?<option>\w+)$/u, "said_no_types"],
  [/^the ring's reader is proven on x86_64 only, not on (?<machine>.+)$/u, "said_machine"],
  [/^the ring cannot be mapped: (?<why>.+)$/u, "said_ring"],
  [/^the kernel programs are not running$/u, "said_programs_gone"],
  [/^the kernel refuses (?<what>[^:]+): (?<why>.+)$/u, "said_kernel_refuses"],
  [/^(?<what>\w+) cannot be attached: (?<why>.+)$/u, "said_unattached"],
  [/^(?<what>\w+) is not attached any more \((?<why>.+)\)$/u, "said_detached"],
  [/^scope: names a process, and the kernel programs can be narrowed to a control group only$/u, "said_scope_process"],
  [/^scope: (?<path>.+) is not in a mounted version 2 hierarchy \((?<root>.+)\)$/u, "said_scope_cgroup"],
  [/^scope: names no mount, and fanotify watches whole file systems$/u, "said_scope_mount"],
  [/^scope: names no folder$/u, "said_scope_folder"],
  [/^scope: (?<path>[^:]+): (?<why>.+)$/u, "said_scope_place"],
  [/^no file system here can be watched$/u, "said_no_file_system"],
  [/^the notification group is gone: (?<why>.+)$/u, "said_group_gone"],
  [/^(?<n>\d+) marks are gone$/u, "said_marks_gone"],
  [/^no folder with at most (?<n>\d+) directories among (?<what>.+)$/u, "said_folders_large"],
  [/^folders cannot be watched: (?<why>.+); raise fs\.inotify\.max_user_watches$/u, "said_folders"],
  [/^watchdog is not running$/u, "said_watchdog"],
  [/^(?<n>\d+) of watchdog's threads ended$/u, "said_watchdog_threads"],
  [/^processes cannot be listed: (?<why>.+)$/u, "said_no_processes"],
  [/^no process is visible$/u, "said_none_visible"],
  [/^connections cannot be listed: (?<why>.+)$/u, "said_no_connections"],
  [/^its canary did not come through$/u, "said_canary"],
  [/^the canary could not be let out: (?<why>.+)$/u, "said_no_canary"],
  [/^was set up anew: (?<why>.+)$/u, "said_anew"],
  [/^it failed: (?<why>.+)$/u, "said_failed"],
  [/^files are watched in (?<where>.+) alone, not (?<left>.+)$/u, "said_watched_not"],
  [/^files are watched in (?<where>.+) alone$/u, "said_watched_alone"],
  [/^files are not watched on (?<where>.+) and (?<n>\d+) more$/u, "said_unwatched_more"],
  [/^files are not watched on (?<where>.+)$/u, "said_unwatched_on"],
  [/^over its budget: (?<n>[\d.]+) µs an event, (?<allowed>\S+) are allowed$/u, "said_over_budget"],
]

/** A host may have made a text up: longer ones stay as they are, and so do sentences that stand deeper in others. */
const LONGEST = 2000
const DEEPEST = 3

/** The sentence in that language, or the text itself if it is none of ours. */
export function said(text: string, lang: Lang, depth = DEEPEST): string {
  if (depth === 0 || text.length > LONGEST) return text
  for (const [pattern, key] of SENTENCES) {
    const found = pattern.exec(text)
    if (found) return translate(lang, key, filled(found.groups ?? {}, lang, depth - 1))
  }
  return text
}

/** One line of a sensor's reasons, `RUNG: why it does not run`, in that language. */
export function reasoned(line: string, lang: Lang): string {
  const { rung, why } = /^(?<rung>\w+): (?<why>.+)$/u.exec(line)?.groups ?? {}
  return why === undefined ? said(line, lang) : `${rung}: ${said(why, lang)}`
}

function filled(groups: Record<string, string>, lang: Lang, depth: number): Record<string, string> {
  const format = formats(lang)
  const { time, n, why } = groups
  return {
    ...groups,
    ...(why === undefined ? {} : { why: said(why, lang, depth) }),
    ...(time === undefined ? {} : { time: format.moment(instant(time)) }),
    ...(n === undefined ? {} : { n: format.number(Number(n)) }),
  }
}
