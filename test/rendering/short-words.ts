/** Bubbles of the long words that the short ones leave out, and where they are heard instead. */
export const offered: { bubble: RegExp; heard: string; in?: RegExp }[] = [
  { bubble: /^Pelo cadastro do INSS:|^Pelo que você me contou:/, heard: 'the person told it, or asks why' },
  { bubble: /^O que esta regra pede/, heard: 'the first missing condition is said, all on "Ver o motivo"' },
  { bubble: /^Se você esperar/, heard: '"Vale a pena esperar?"' },
  { bubble: /^As regras que se completam:|^Estas não se completam/, heard: '"Ver todas as regras"' },
  { bubble: /^No seu cadastro há pendência/, heard: 'PENDÊNCIA' },
  { bubble: /^O que eu considerei:/, heard: '"O que foi considerado"' },
  { bubble: /^Os últimos pagamentos:|^Pagamentos anteriores:/, heard: '"Ver mais meses": the newest three' },
  { bubble: /^Benefício com final \d/, heard: 'the next two days of the calendar' },
  { bubble: /^O que já aconteceu:/, heard: 'where the request stands' },
  { bubble: /^O que precisa ser conferido:/, heard: 'what to do' },
  {
    bubble: /^O prazo de referência/,
    in: /O INSS precisa de algo seu/,
    heard: 'the days the person has: until then the INSS waits',
  },
]

/** Which replies may take more than two parts of SMS, by what the SMS says. */
export const longerReplies: { says: RegExp; parts: number; because: string }[] = [
  {
    says: /O que fazer:|falta resolver:|precisa ser provado|Um servidor do INSS/,
    parts: 4,
    because: 'words of the INSS, why something stopped and what to do, are passed on whole',
  },
  {
    says: /^Motivo \(/,
    parts: 3,
    because: 'the person asked why: each condition with its article, and the sum',
  },
  {
    says: /Se esperar:/,
    parts: 3,
    because: 'the person asked what waiting is worth: each date, and how long it takes to make up for it',
  },
  { says: /^Pagamento de /, parts: 3, because: 'the person asked for each discount' },
  {
    says: /^BPC \(LOAS\): |^Se esqueceu a senha/,
    parts: 3,
    because: 'who has a right, or how to get in again, where, and the question left open',
  },
  {
    says: /Ainda nao faco isto aqui/,
    parts: 3,
    because: 'what a service asks for, where it is done, and a person or the question left open',
  },
  {
    says: /Voltando para /,
    parts: 3,
    because: 'two subjects in one message: an answer, and the question left open',
  },
]

/** How many parts of SMS this text, as it goes out, may take. */
export function mostParts(text: string): number {
  return Math.max(2, ...longerReplies.filter(({ says }) => says.test(text)).map(({ parts }) => parts))
}
