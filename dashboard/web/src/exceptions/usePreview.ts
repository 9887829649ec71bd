import { keepPreviousData, useQuery, type UseQueryResult } from "@tanstack/react-query"
import { useEffect, useState } from "react"
import { tryException, type Asked, type Trial } from "./calls.ts"

const PAUSE_MS = 350

export interface Preview {
  query: UseQueryResult<Trial>
  /** Whether it tells of what is asked now, not of what was asked before. */
  fresh: boolean
}

/** What an exception would have held back, asked anew whenever the form pauses; of nothing nobody asks. */
export function usePreview(asked: Asked | null): Preview {
  const text = JSON.stringify(asked)
  const [settled, setSettled] = useState("null")
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [text])
  const query = useQuery({
    queryKey: ["try", settled],
    queryFn: ({ signal }) => tryException(JSON.parse(settled) as Asked, signal),
    enabled: settled !== "null",
    placeholderData: keepPreviousData,
  })
  return { query, fresh: settled === text && query.isFetched && !query.isPlaceholderData && !query.isFetching }
}
