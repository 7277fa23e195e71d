/**
 * What of these people a log gives away: secrets and telephones however they are written, and anything said that is
 * long enough not to be there by chance.
 */
export function leaks(log: string, given: { secrets: Iterable<string>; spoken: Iterable<string> }): string[] {
  const found = new Set<string>()
  for (const secret of given.secrets) {
    const digits = secret.replace(/\D/g, '')
    const forms = [secret, encodeURIComponent(secret)]
    // A number is given away without its punctuation, without its country, and inside an id in base64, too.
    if (/^[+\d. -]+$/.test(secret)) forms.push(digits, digits.replace(/^55/, ''), inBase64(digits))
    for (const form of forms) if (log.includes(form)) found.add(form)
  }
  for (const text of given.spoken) {
    for (const line of text.split('\n')) if (line.length >= LONG && log.includes(line)) found.add(line)
    for (const [url] of text.matchAll(/https?:\/\/\S+/g))
      if (log.includes(url.slice(url.lastIndexOf('/')))) found.add(url)
  }
  return [...found]
}

const LONG = 6

function inBase64(digits: string): string {
  return Buffer.from(digits).toString('base64').replace(/=+$/, '')
}
