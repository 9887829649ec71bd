import type { Rule } from "../api.ts"
import { useI18n } from "../i18n/useI18n.ts"
import { stepsOf } from "../text/wording.ts"
import { HostText } from "../ui/HostText.tsx"

/** What the rule's author would look at first. */
export function Triage({ rule }: { rule: Rule }) {
  const { t, lang } = useI18n()
  const steps = stepsOf(rule, lang)
  if (!steps.length) return null
  return (
    <section aria-labelledby="triage">
      <h3 id="triage">{t("triage")}</h3>
      <Steps steps={steps} />
    </section>
  )
}

export function Steps({ steps }: { steps: string[] }) {
  return (
    <ol className="steps">
      {steps.map((step, index) => (
        <li key={index}>
          <HostText text={step} />
        </li>
      ))}
    </ol>
  )
}
