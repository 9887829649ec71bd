/**
 * Text from a host, made safe to look at. React already keeps it from being markup; what is left are characters
 * that the eye cannot see or that move their neighbours: controls, ANSI escapes, bidi overrides, zero widths,
 * tag characters, fillers, lone surrogates, odd spaces. Each is shown as what it is.
 */

/** A run of ordinary text, or one invisible character with its name. */
export interface Piece {
  text: string
  hidden: boolean
}

// Cc control, Cf format (bidi, zero width, tags), Cs lone surrogate, Zl/Zp separators, Zs spaces other than U+0020.
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs}/gu
// ASCII's own names: no font is sure to have the pictures of U+2400.
const CONTROLS = (
  "NUL SOH STX ETX EOT ENQ ACK BEL BS HT LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US"
).split(" ")

/** The visible form of one hidden character: ⟦ESC⟧ for U+001B, ⟦U+202E⟧ for a bidi override. */
export function escapeOf(character: string): string {
  const code = character.codePointAt(0) ?? 0
  const name = code === 0x7f ? "DEL" : (CONTROLS[code] ?? `U+${code.toString(16).toUpperCase().padStart(4, "0")}`)
  return `⟦${name}⟧`
}

/** Cut a text into ordinary runs and hidden characters, in order. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = []
  let from = 0
  for (const match of text.matchAll(HIDDEN)) {
    if (match.index > from) found.push({ text: text.slice(from, match.index), hidden: false })
    found.push({ text: escapeOf(match[0]), hidden: true })
    if (match[0] === "\n") found.push({ text: "\n", hidden: false }) // said, and done where lines may break
    from = match.index + match[0].length
  }
  if (from < text.length) found.push({ text: text.slice(from), hidden: false })
  return found
}

/** The same as one string, for titles and labels. */
export function visible(text: string): string {
  return text.replace(HIDDEN, escapeOf)
}

/** What goes to the clipboard: the text as it is, or as a JSON string if pasting it could do something unseen. */
export function forClipboard(text: string): string {
  if (visible(text) === text) return text
  const quoted = JSON.stringify(text)
  return quoted.replace(HIDDEN, (character) =>
    Array.from({ length: character.length }, (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`).join(""),
  )
}

/** A value of an event's field as one text. */
export function valueText(value: unknown): string {
  if (typeof value === "string") return value
  if (Array.isArray(value) && value.every((item) => typeof item !== "object")) return value.map(String).join(", ")
  return JSON.stringify(value) ?? ""
}

/** The last part of a path of either system. */
export function baseName(path: string): string {
  return path.split(/[/\\]/u).findLast((part) => part !== "") ?? path
}
