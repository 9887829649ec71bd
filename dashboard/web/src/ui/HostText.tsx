import { memo } from "react"
import { useI18n } from "../i18n/useI18n.ts"
import { pieces, visible } from "../text/visible.ts"
import { parts } from "../text/spans.ts"

interface Props {
  text: string
  /** Parts to mark, in code points. */
  spans?: [number, number][]
  /** Written in lines by a person, so a line feed is a line feed. */
  prose?: boolean
}

/** Text from a host: isolated from its neighbours' direction, invisible characters shown as what they are. */
export const HostText = memo(function HostText({ text, spans, prose = false }: Props) {
  if (prose) {
    return (
      <bdi className="host-text prose">
        {text.split("\n").map((line, index) => (
          <span key={index}>
            <Visible text={line} />
            {"\n"}
          </span>
        ))}
      </bdi>
    )
  }
  if (spans === undefined) {
    return (
      <bdi className="host-text">
        <Visible text={text} />
      </bdi>
    )
  }
  return (
    <bdi className="host-text">
      {parts(text, spans).map((part, index) => {
        const shown = <Visible key={index} text={part.text} />
        return part.marked ? <mark key={index}>{shown}</mark> : shown
      })}
    </bdi>
  )
})

function Visible({ text }: { text: string }) {
  const { t } = useI18n()
  if (visible(text) === text) return text
  return pieces(text).map((piece, index) =>
    piece.hidden ? (
      <span key={index} className="hidden-character" title={t("hidden_character", { code: piece.text })}>
        {piece.text}
      </span>
    ) : (
      piece.text
    ),
  )
}
