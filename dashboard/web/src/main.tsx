import { QueryClient, QueryClientProvider } from "@tanstack/react-query"
import { StrictMode } from "react"
import { createRoot } from "react-dom/client"
import { App } from "./App.tsx"
import { ApiError } from "./http.ts"
import { apply } from "./settings.ts"
import { Crash } from "./ui/Crash.tsx"
import "./styles/index.css"

apply()

const AGAIN_MS = 15_000

const client = new QueryClient({
  defaultOptions: {
    queries: {
      // What a person must mend is said at once; what mends itself is tried again.
      retry: (failures, error) => failures < 2 && (!(error instanceof ApiError) || error.status === 0 || error.status >= 500),
      // Said as stale, it asks again by itself: a part of the collector may come back later than the stream.
      refetchInterval: (query) => (query.state.error && query.state.data !== undefined ? AGAIN_MS : false),
      refetchOnWindowFocus: false,
      networkMode: "always", // a collector on loopback answers without any network
    },
    mutations: { networkMode: "always" },
  },
})

const root = document.getElementById("root")
if (root) {
  createRoot(root).render(
    <StrictMode>
      <Crash>
        <QueryClientProvider client={client}>
          <App />
        </QueryClientProvider>
      </Crash>
    </StrictMode>,
  )
}
