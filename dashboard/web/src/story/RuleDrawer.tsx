import type { ReactNode } from "react"
import { may, type Rule, type Session } from "../api.ts"
import { OfRule } from "../exceptions/OfRule.tsx"
import { useI18n } from "../i18n/useI18n.ts"
import { EVERYTHING_OPEN, format } from "../route.ts"
import { descriptionOf, falsePositivesOf, stepsOf, titleOf } from "../text/wording.ts"
import { Copy } from "../ui/Copy.tsx"
import { Dialog } from "../ui/Dialog.tsx"
import { HostText } from "../ui/HostText.tsx"
import { LevelPill } from "../ui/Level.tsx"
import { Steps } from "./Triage.tsx"

/** All about the rule. Its addresses are text, not links: nobody should open an attacker's page by a slip. */
export function RuleDrawer({ rule, session, onClose }: { rule: Rule; session: Session; onClose(): void }) {
  const { t, lang } = useI18n()
  const description = descriptionOf(rule, lang)
  const steps = stepsOf(rule, lang)
  return (
    <Dialog title={<HostText text={titleOf(rule, lang)} />} shape="drawer" onClose={onClose}>
      <p>
        <LevelPill level={rule.level} /> <code>{rule.id}</code> <Copy text={rule.id} name={t("rule_id")} />
      </p>
      <Part title={t("rule_description")}>{description && <HostText text={description} prose />}</Part>
      <Part title={t("triage")}>{steps.length > 0 && <Steps steps={steps} />}</Part>
      {may(session, "rules.read") && <OfRule rule={rule.id} onLeave={onClose} />}
      <Part title={t("rule_falsepositives")}>{list(falsePositivesOf(rule, lang))}</Part>
      <Part title={t("rule_tags")}>{list(rule.tags)}</Part>
      <Part title={t("rule_references")}>
        {rule.references && rule.references.length > 0 && (
          <>
            {list(rule.references)}
            <p className="muted">{t("rule_references_hint")}</p>
          </>
        )}
      </Part>
      {rule.source_text && (
        <Part title={t("rule_source")}>
          <pre tabIndex={0}>
            <HostText text={rule.source_text} prose />
          </pre>
        </Part>
      )}
      <p>
        <a href={format({ page: "alerts", filter: { ...EVERYTHING_OPEN, status: "all", rule: rule.id } })} onClick={onClose}>
          {t("rule_alerts")}
        </a>
      </p>
    </Dialog>
  )
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  if (!children) return null
  return (
    <section>
      <h3>{title}</h3>
      {children}
    </section>
  )
}

function list(texts: string[] | undefined): ReactNode {
  return (
    texts &&
    texts.length > 0 && (
      <ul className="plain">
        {texts.map((text) => (
          <li key={text}>
            <HostText text={text} />
          </li>
        ))}
      </ul>
    )
  )
}
