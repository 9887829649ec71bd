/** A reader of `text/event-stream` (HTML standard, 9.2.6), fed with text as it comes. */

export interface Message {
  id: string
  event: string
  data: string
}

export class EventReader {
  private rest = ""
  private id = ""
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
    else if (field === "id" && !value.includes("\0")) this.id = value
    return []
  }

  private dispatch(): Message[] {
    const whole = this.data.length > 0 || this.event !== ""
    const message = { id: this.id, event: this.event || "message", data: this.data.join("\n") }
    this.data = []
    this.event = ""
    return whole ? [message] : []
  }
}
