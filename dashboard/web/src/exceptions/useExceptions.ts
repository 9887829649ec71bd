import { useQuery } from "@tanstack/react-query"
import { exceptions } from "./calls.ts"

const EVERY_MS = 60_000

/** All exceptions, those that ended too: the list, the rule and the alert look at the same. */
export function useExceptions() {
  return useQuery({
    queryKey: ["exceptions"],
    queryFn: ({ signal }) => exceptions(signal),
    staleTime: EVERY_MS / 2,
    refetchInterval: EVERY_MS,
  })
}
