import { useQueryClient } from "@tanstack/react-query"
import { decide, reopen, type AlertDetail, type AlertRow, type Verdict } from "../api.ts"
import { askAgain } from "../live/askAgain.ts"
import { show } from "../live/useLive.ts"
import { toast, type Said, type Toast } from "../ui/toasts.tsx"
import { rowOf, type Head } from "./head.ts"

export interface Decisions {
  close(verdict: Verdict, note: string): Promise<void>
  reopen(): Promise<void>
}

// Decisions about one alert go one after the other: the second must know the version that the first made.
const running = new Map<string, Promise<void>>()

/** Decisions about one alert: shown at once, said to be saved when they are, taken back when they are not. */
export function useDecisions(head: Head): Decisions {
  const client = useQueryClient()
  const { id } = head
  const latest = () => client.getQueryData<AlertDetail>(["alert", id]) ?? head

  const change = async (part: Partial<AlertRow>, work: () => Promise<AlertRow>, done: Said, undo?: () => void) => {
    await client.cancelQueries({ queryKey: ["alert", id] }) // an answer of before would undo what is shown
    const before = rowOf(latest())
    show(client, { ...before, ...part })
    const after = await write(work, done, undo && { label: (say) => say.t("undo"), run: undo })
    show(client, after ?? before)
    await askAgain(client, { queryKey: ["alert", id] })
  }
  const inTurn = (work: () => Promise<void>) => {
    const turn = (running.get(id) ?? Promise.resolve()).then(work)
    running.set(id, turn)
    return turn
  }
  const open = () => inTurn(() => change({ status: "open", verdict: null }, () => reopen(id), (say) => say.t("saved_reopen")))
  return {
    reopen: open,
    close: (verdict, note) =>
      inTurn(() =>
        change(
          { status: "closed", verdict },
          () => decide(id, verdict, note, latest().version),
          (say) => say.t("saved_verdict", { verdict: say.word("verdict", verdict) }),
          open,
        ),
      ),
  }
}

/** Run a write and say what becomes of it. Gives what the collector answered, undefined if it was not saved. */
export async function write<T>(work: () => Promise<T>, done: Said, action?: Toast["action"]): Promise<T | undefined> {
  const id = toast({ kind: "saving", text: (say) => say.t("saving") })
  try {
    const answer = await work()
    toast({ kind: "saved", text: done, ...(action && { action }) }, id)
    return answer
  } catch (error) {
    toast({ kind: "failed", text: (say) => say.t("failed", { reason: say.reason(error) }) }, id)
    return undefined
  }
}
