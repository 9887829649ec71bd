import { useQueryClient } from "@tanstack/react-query"
import { useRef, useState } from "react"
import { addNote, type Note } from "../api.ts"
import { useI18n } from "../i18n/useI18n.ts"
import { askAgain } from "../live/askAgain.ts"
import { HostText } from "../ui/HostText.tsx"
import { Ago } from "../ui/Time.tsx"
import { write } from "./useDecisions.ts"

/** What people wrote about this alert, and the place to write. */
export function Notes({ id, notes, mayWrite }: { id: string; notes: Note[]; mayWrite: boolean }) {
  const { t } = useI18n()
  return (
    <section aria-labelledby="notes">
      <h3 id="notes">{t("notes")}</h3>
      {notes.length === 0 && <p className="muted">{t("notes_none")}</p>}
      <ul className="notes">
        {notes.map((note, index) => (
          <li key={index}>
            <p className="muted">
              <b>
                <HostText text={note.by} />
              </b>{" "}
              · <Ago time={note.time} />
            </p>
            <HostText text={note.text} prose />
          </li>
        ))}
      </ul>
      {mayWrite && <NewNote id={id} />}
    </section>
  )
}

function NewNote({ id }: { id: string }) {
  const { t } = useI18n()
  const client = useQueryClient()
  const [text, setText] = useState("")
  const field = useRef<HTMLTextAreaElement>(null)
  const submit = async () => {
    if (text.trim() === "") return
    if (!(await write(() => addNote(id, text.trim()), (say) => say.t("saved_note")))) return // what was written stays
    setText("")
    // Back to the story, so that the next key is a command and not a letter of another note.
    if (document.activeElement === field.current) {
      document.querySelector<HTMLElement>("[data-story-heading]")?.focus({ preventScroll: true })
    }
    await askAgain(client, { queryKey: ["alert", id] })
  }
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault()
        void submit()
      }}
    >
      <label>
        {t("note_label")}
        <textarea
          ref={field}
          data-new-note
          rows={3}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void submit()
            if (event.key === "Escape") {
              event.stopPropagation()
              event.currentTarget.blur()
            }
          }}
        />
      </label>
      <div className="form-actions">
        <span className="muted">{t("note_hint")}</span>
        <button type="submit" className="button small">
          {t("note_add")}
        </button>
      </div>
    </form>
  )
}
