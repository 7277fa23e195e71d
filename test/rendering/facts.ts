const months =
  'janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro'.split(' ')
const month = months.join('|')

/**
 * What a person could act on in a text, written the same whatever the words around it: amounts, days, months,
 * protocols and other long numbers, telephones, the login code and addresses. Numbers that are given out by chance,
 * and the first pay day, which goes by one of them, count only as being there.
 */
export function factsIn(text: string): Set<string> {
  const facts = new Set<string>()
  // Articles of the law hold numbers that are no telephones.
  let rest = text.replace(/(\d{1,2})º? de/g, '$1 de')
  rest = rest.replace(/\([^()]*\bart[^()]*\)/g, '').replace(/(?:^|\s)Base(?: na lei)?: .*/g, '')
  take(/Primeiro pagamento: \d{2}\/\d{2}\/\d{4}/g, () => 'first payment')
  const numbers: string[] = []
  take(/\b\d{9,}\b/g, ([number]) => {
    if (!numbers.includes(number)) numbers.push(number)
    return `number ${numbers.indexOf(number) + 1}`
  })
  take(/https?:\/\/[^\s]+/g, ([url]) => url)
  take(/R\$ ?[\d.]+,\d{2}/g, ([amount]) => amount.replace(/\s/g, ''))
  take(new RegExp(`(\\d{1,2}) de (${month}) de (\\d{4})`, 'g'), ([, day, name, year]) => iso(year, name, day))
  take(/(\d{2})\/(\d{2})\/(\d{4})/g, ([, day, number, year]) => `${year}-${number}-${day}`)
  take(new RegExp(`(${month})(?: de |/)(\\d{4})`, 'g'), ([, name, year]) => iso(year, name))
  take(/0800 \d{3} \d{4}|\b\d{2} \d{2}\b|\b1\d{2}\b/g, ([number]) => number)
  return facts

  function take(pattern: RegExp, name: (match: [string, ...(string | undefined)[]]) => string): void {
    rest = rest.replace(pattern, (...match) => {
      facts.add(name(match as [string, ...(string | undefined)[]]))
      return ' '
    })
  }
}

/** Articles named as the law a text stands on: "EC 103/2019, art. 18". */
export function lawsIn(text: string): string[] {
  return [...text.matchAll(/(?:EC|Lei|LC|Decreto) [\d.]+\/\d{4}, arts?\. \d+/g)].map((match) => match[0])
}

function iso(year = '', name = '', day?: string): string {
  const number = String(months.indexOf(name) + 1).padStart(2, '0')
  return day === undefined ? `${year}-${number}` : `${year}-${number}-${day.padStart(2, '0')}`
}
