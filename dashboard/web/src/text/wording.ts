/** A rule's words in the reader's language. Every rule has English ones; Vietnamese ones where its author wrote them. */
import type { Lang } from "../i18n/translate.ts"

export function titleOf(told: { title: string; title_vi?: string }, lang: Lang): string {
  return (lang === "vi" && told.title_vi) || told.title
}

export function stepsOf(told: { triage?: string[]; triage_vi?: string[] }, lang: Lang): string[] {
  return (lang === "vi" && told.triage_vi?.length ? told.triage_vi : told.triage) ?? []
}

export function falsePositivesOf(
  told: { falsepositives?: string[]; falsepositives_vi?: string[] },
  lang: Lang,
): string[] {
  return (lang === "vi" && told.falsepositives_vi?.length ? told.falsepositives_vi : told.falsepositives) ?? []
}

export function descriptionOf(told: { description?: string; description_vi?: string }, lang: Lang): string {
  return (lang === "vi" && told.description_vi) || told.description || ""
}
