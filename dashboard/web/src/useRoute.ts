import { useSyncExternalStore } from "react"
import { format, parse, type Route, type To } from "./route.ts"

const subscribe = (listener: () => void) => {
  addEventListener("hashchange", listener)
  addEventListener("tramgac:route", listener)
  return () => {
    removeEventListener("hashchange", listener)
    removeEventListener("tramgac:route", listener)
  }
}

let hash = ""
let route = parse("")

function current(): Route {
  if (location.hash !== hash) {
    hash = location.hash
    route = settled(parse(hash), route)
  }
  return route
}

/** The new route with the old filter object if it says the same: choosing another alert leaves the queue as it is. */
function settled(next: Route, before: Route): Route {
  const same = JSON.stringify(next.filter) === JSON.stringify(before.filter)
  return same ? { ...next, filter: before.filter } : next
}

/** Where the reader is; the same object until the address changes. */
export function useRoute(): Route {
  return useSyncExternalStore(subscribe, current)
}

/** Go somewhere. `replace` leaves no step for the back button: moving with j and k is not travelling. */
export function go(to: To, how: "push" | "replace" = "push"): void {
  const address = format(to)
  if (how === "replace") history.replaceState(null, "", address)
  else history.pushState(null, "", address)
  dispatchEvent(new Event("tramgac:route"))
}
