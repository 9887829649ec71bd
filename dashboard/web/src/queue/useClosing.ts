import { useQueryClient, type QueryClient } from "@tanstack/react-query"
import { useEffect, useRef, useState } from "react"
import { decideAll, reopenAll, type AlertFilter, type Closed, type Marks, type Verdict } from "../api.ts"
import { askAgain } from "../live/askAgain.ts"
import { toast, type Said } from "../ui/toasts.tsx"

export interface Progress {
  done: number
  /** When it began and when this many were done, in milliseconds. */
  began: number
  now: number
}

/** One request after the other until nothing is left, somebody stops it, or it does not go on. */
export function useClosing(filter: AlertFilter, until: string, total: number, onClose: () => void) {
  const client = useQueryClient()
  const [progress, setProgress] = useState<Progress>()
  const stopped = useRef(false)
  useEffect(() => {
    stopped.current = false
    return () => {
      stopped.current = true
    }
  }, [])
  const run = async (verdict: Verdict, note: string) => {
    const began = Date.now()
    const shown = (done: number) => setProgress({ done, began, now: Date.now() })
    shown(0)
    await close(client, { verdict, total, step: () => decideAll(filter, verdict, note, until), shown, stopped: () => stopped.current })
    if (!stopped.current) onClose()
  }
  return { progress, run }
}

interface Work {
  verdict: Verdict
  /** How many there are; 0 where nobody counted them. */
  total: number
  step(): Promise<Closed>
  shown?(done: number): void
  stopped?(): boolean
}

/** Closes alerts step by step and says what became of it, with the way back. */
export async function close(client: QueryClient, { verdict, total, step, shown, stopped }: Work): Promise<void> {
  let closed = 0
  let marks: Marks | undefined
  const back = () => (closed > 0 ? { action: { label: undo, run: () => void reopen(client, verdict, marks, closed) } } : {})
  try {
    for (;;) {
      const { decided, left, undo: made } = await step()
      closed += decided
      marks = { after: marks?.after ?? made.after, until: made.until }
      shown?.(closed)
      if (left > 0 && decided > 0 && !stopped?.()) continue
      const changed = Math.max(0, total - closed - left)
      const text: Said = (say) => `${say.word("verdict", verdict)}: ${outcome(say, "close_all_closed", closed, left, changed, "close_all_left")}`
      toast({ kind: "saved", lasting: true, text, ...back() })
      break
    }
  } catch (error) {
    const text: Said = (say) => say.t("close_all_failed", { n: say.format.number(closed), reason: say.reason(error) })
    toast({ kind: "failed", text, ...back() })
  }
  void askAgain(client)
}

const undo: Said = (say) => say.t("undo")

/** Opens again what was closed, said as it goes on; who stopped it half way may do it again. */
async function reopen(client: QueryClient, verdict: Verdict, marks: Marks | undefined, total: number): Promise<void> {
  if (marks === undefined) return
  let opened = 0
  const going: Said = (say) => say.t("reopen_all_done", { done: say.format.number(opened), n: say.format.number(total) })
  const id = toast({ kind: "saving", text: going })
  try {
    for (;;) {
      const { reopened, left, changed } = await reopenAll(verdict, marks)
      opened += reopened
      if (left > 0 && reopened > 0) {
        toast({ kind: "saving", text: going }, id)
        continue
      }
      toast({ kind: "saved", lasting: true, text: (say) => outcome(say, "reopen_all_opened", opened, left, changed, "reopen_all_left") }, id)
      break
    }
  } catch (error) {
    const again = { label: (say: Parameters<Said>[0]) => say.t("retry"), run: () => void reopen(client, verdict, marks, total) }
    const text: Said = (say) => say.t("reopen_all_failed", { n: say.format.number(opened), reason: say.reason(error) })
    toast({ kind: "failed", text, action: again }, id)
  }
  void askAgain(client)
}

type Done = "close_all_closed" | "reopen_all_opened"
type Left = "close_all_left" | "reopen_all_left"

/** How many it was done to, how many are left, how many were changed by others and left alone. */
function outcome(say: Parameters<Said>[0], done: Done, some: number, left: number, changed: number, more: Left): string {
  const told = [
    say.t(done, { n: say.format.number(some) }),
    left > 0 && say.t(more, { n: say.format.number(left) }),
    changed > 0 && say.t("close_all_changed", { n: say.format.number(changed) }),
  ]
  return told.filter(Boolean).join(" ")
}
