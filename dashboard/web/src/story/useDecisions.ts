import { useQueryClient } from "@tanstack/react-query"
import { decide, reopen, type AlertRow, type Verdict } from "../api.ts"
import { useI18n } from "../i18n/useI18n.ts"
import { show } from "../live/useLive.ts"
import { toast, type Toast } from "../ui/toasts.tsx"
import { rowOf, type Head } from "./head.ts"

export interface Decisions {
  close(verdict: Verdict, note: string): Promise<void>
  reopen(): Promise<void>
}

/** Decisions about one alert: shown at once, said to be saved when they are, taken back when they are not. */
export function useDecisions(head: Head): Decisions {
  const client = useQueryClient()
  const { word, t } = useI18n()
  const write = useWrite()
  const before = rowOf(head)

  const change = async (after: AlertRow, work: () => Promise<void>, done: string, undo?: () => void) => {
    show(client, after)
    const saved = await write(work, done, undo && { label: t("undo"), run: undo })
    if (!saved) show(client, before)
    await client.invalidateQueries({ queryKey: ["alert", head.id] })
  }
  const open = () =>
    change({ ...before, status: "open", verdict: null }, () => reopen(head.id), t("saved_reopen"))
  return {
    reopen: open,
    close: (verdict, note) =>
      change(
        { ...before, status: "closed", verdict },
        () => decide(head.id, verdict, note),
        t("saved_verdict", { verdict: word("verdict", verdict) }),
        open,
      ),
  }
}

/** Run a write and say what becomes of it; a failed one can be tried again. Gives whether it was saved. */
export function useWrite() {
  const { t, reason } = useI18n()
  return async function write(work: () => Promise<void>, done: string, action?: Toast["action"]): Promise<boolean> {
    const id = toast({ kind: "saving", text: t("saving") })
    try {
      await work()
      toast({ kind: "saved", text: done, ...(action && { action }) }, id)
      return true
    } catch (error) {
      toast({ kind: "failed", text: t("failed", { reason: reason(error) }) }, id)
      return false
    }
  }
}
