/** Which command a key press means. Pure, so that Telex, Caps Lock and modifiers can be tested without a browser. */

export type Command =
  | "next" | "previous" | "open" | "true_positive" | "false_positive" | "benign" | "except" | "note" | "undo" | "escape" | "filter" | "help"

export interface Press {
  key: string
  code: string
  keyCode: number
  ctrlKey: boolean
  metaKey: boolean
  altKey: boolean
  shiftKey: boolean
}

/** Where the focus is: `typing` in a text field; `control` on a button or link, whose Enter is its own. */
export type Place = "page" | "control" | "typing"

const LETTERS: Record<string, Command> = {
  j: "next",
  k: "previous",
  t: "true_positive",
  f: "false_positive",
  b: "benign",
  e: "except",
  n: "note",
  z: "undo",
}

// An input method (Telex, VNI) reports 229 for every key it looks at first; only `code` tells which key it was.
const COMPOSING = 229

/** The command, or null. Letters can be switched off (WCAG 2.1.4); Enter and Escape stay. */
export function command(press: Press, place: Place, letters: boolean): Command | null {
  if (press.ctrlKey || press.metaKey || press.altKey) return null
  if (press.key === "Escape") return "escape"
  if (place === "typing") return null
  if (press.key === "Enter") return place === "control" ? null : "open"
  if (!letters) return null
  const composing = press.keyCode === COMPOSING || press.key === "Process"
  const key = composing ? fromCode(press) : press.key
  if (key === "?") return "help"
  if (press.shiftKey) return null
  return key === "/" ? "filter" : (LETTERS[key.toLowerCase()] ?? null)
}

function fromCode({ code, shiftKey }: Press): string {
  if (code === "Slash") return shiftKey ? "?" : "/"
  return /^Key[A-Z]$/u.test(code) ? code.slice(3).toLowerCase() : ""
}
