import { Component, type ReactNode } from "react"
import { useI18n } from "../i18n/useI18n.ts"

/** Shows what went wrong in the page itself, instead of an empty one. */
export class Crash extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state = { error: null }

  static getDerivedStateFromError(error: Error) {
    return { error }
  }

  override render() {
    return this.state.error ? <Crashed error={this.state.error} /> : this.props.children
  }
}

function Crashed({ error }: { error: Error }) {
  const { t } = useI18n()
  return (
    <main className="blank" role="alert">
      <h1>{t("crashed")}</h1>
      <p>{t("crashed_hint")}</p>
      <pre>{error.message}</pre>
      <button type="button" className="button" onClick={() => location.reload()}>
        {t("reload")}
      </button>
    </main>
  )
}
