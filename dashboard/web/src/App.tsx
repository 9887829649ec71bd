import { useQuery, useQueryClient } from "@tanstack/react-query"
import { useEffect } from "react"
import { session } from "./api.ts"
import { onSignedOut } from "./http.ts"
import { Frame } from "./Frame.tsx"
import { Login } from "./pages/Login.tsx"
import { Failed, Loading } from "./ui/States.tsx"

/** The whole page: the desk for who is signed in, the door for who is not. */
export function App() {
  const client = useQueryClient()
  const query = useQuery({
    queryKey: ["session"],
    queryFn: ({ signal }) => session(signal),
    staleTime: 60_000,
  })
  useEffect(() => onSignedOut(() => client.setQueryData(["session"], null)), [client])

  if (query.data) return <Frame session={query.data} />
  if (query.data === null) return <Login signedIn={() => client.invalidateQueries()} />
  return (
    <main className="door">
      {query.error ? <Failed error={query.error} retry={() => query.refetch()} /> : <Loading rows={3} />}
    </main>
  )
}
