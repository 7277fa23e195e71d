/** A conversation as a page that people read; what chance makes is written the same each time. */
export function transcriptOf() {
  const parts = [
    '# A conversation on WhatsApp',
    [
      'Written by `UPDATE_TRANSCRIPT=1 npx jest test/product/whatsapp` and checked by the same test: the built product',
      'behind a stand-in for the Graph API, with an invented citizen. `[ … ]` is a button, `○` a row of a list, `▢` what',
      'the person pressed. Addresses, codes and numbers given out by chance are examples.',
    ].join('\n'),
  ]
  const quoted = (text: string) => masked(text).replace(/^.*$/gm, (line) => `> ${line}`.trimEnd())
  return {
    heading: (title: string) => void parts.push(`## ${title}`),
    aside: (text: string) => void parts.push(`*${text}*`),
    note(who: 'person' | 'assistant', text: string) {
      const name = who === 'person' ? 'Marinalva' : 'Assistente'
      parts.push(`**${name}**`, hardBreaks(quoted(text)))
    },
    text: () => `${parts.join('\n\n')}\n`,
  }
}

/** Each line of a message stays a line. */
function hardBreaks(text: string): string {
  return text.replace(/(?<=[^>\n])\n(?=> \S)/g, '\\\n')
}

function masked(text: string): string {
  return text
    .replace(/https?:\/\/\S+/g, 'https://assistente.exemplo/entrar/…')
    .replace(/(?<=este código: )\d\d \d\d\b/, '47 82')
    .replace(/\b[0-9A-Z]{4}-[0-9A-Z]{4}\b/g, '4C6D-9FGH')
    .replace(/(?<=protocolo: )\d{10}/g, '6192372593')
    .replace(/(?<=Número do benefício: )\d{10}/g, '9543656644')
    .replace(/(?<=Primeiro pagamento: )\d\d\/\d\d\/\d{4} \([\p{L}-]+\)/gu, '29/12/2026 (terça-feira)')
    .replace(/(?<=Enviamos em )\d\d\/\d\d\/\d{4} \([\p{L}-]+\)/gu, '29/12/2026 (terça-feira)')
}
