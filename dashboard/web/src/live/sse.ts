/**
 * A reader of `text/event-stream` (HTML standard, 9.2.6), fed with text as it comes. One thing is told that the
 * browser's own reader keeps to itself: a block with an id and no data, as a message without event and data, so
 * that every tab knows where to resume.
 */

export interface Message {
  id: string
  event: string
  data: string
}

export class EventReader {
  private rest = ""
  private id = ""
  private moved = false
  private event = ""
  private data: string[] = []

  /** Take more text; give the messages that are now whole. */
  push(text: string): Message[] {
    this.rest += text
    // A CR at the very end may be the first half of CR LF: it waits for what follows.
    const lines = this.rest.split(/\r\n|\n|\r(?!$)/u)
    this.rest = lines.pop() ?? ""
    return lines.flatMap((line) => this.line(line))
  }

  private line(line: string): Message[] {
    if (line === "") return this.dispatch()
    const colon = line.indexOf(":")
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /u, "")
    if (field === "data") this.data.push(value)
    else if (field === "event") this.event = value
    else if (field === "id" && !value.includes("\0")) {
      this.id = value
      this.moved = true
    }
    return []
  }

  private dispatch(): Message[] {
    const { id, event, data, moved } = this
    this.data = []
    this.event = ""
    this.moved = false
    if (data.length > 0) return [{ id, event: event || "message", data: data.join("\n") }]
    return moved ? [{ id, event: "", data: "" }] : []
  }
}
