/** The text with its parameters replaced by a short word, one branch of each plural. */
export function filled(text: string): string {
  return text
    .replace(/\{\w+, plural, one \{([^}]*)\} other \{([^}]*)\}\}/g, '$2')
    .replace(/\{\w+, select,[^}]*\{([^}]*)\}[\s\S]*?\}\}/g, '$1')
    .replace(/#/g, '2')
    .replace(/\{\w+\}/g, 'isto')
}

/** Words of offices, and words that take the reader for a man or a woman. */
export const forbidden =
  /\b(prezad[oa]|senhor|senhora|bem-vind[oa]\b(?!s)|obrigad[oa] por|cadastrad[oa] com sucesso|vossa|outrossim|mediante|supracitad|referid[oa]|requerente|usu[áa]rio|clique)\b/i

/** Texts by the file they stand in. */
export function groupByFile(
  entries: { key: string; text: string }[],
): Map<string, { key: string; text: string }[]> {
  const groups = new Map<string, { key: string; text: string }[]>()
  for (const entry of entries) {
    const file = entry.key.split('.')[0] ?? ''
    groups.set(file, [...(groups.get(file) ?? []), entry])
  }
  return groups
}
