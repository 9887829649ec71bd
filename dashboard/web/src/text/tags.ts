/** ATT&CK technique ids out of a rule's tags: `attack.t1059.004` is T1059.004. */
export function techniques(tags: readonly string[]): string[] {
  return tags.flatMap((tag) => {
    const found = /^attack\.(t\d{4}(?:\.\d{3})?)$/iu.exec(tag)?.[1]
    return found ? [found.toUpperCase()] : []
  })
}
