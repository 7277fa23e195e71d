import { readBirthDate, readDate } from './entities/dates'
import { normalised } from './entities/duration'
import { dateText, findDates } from './entities/find-dates'
import { kinIn, tellsOfDeath } from './entities/kinship'
import { readAmount } from './entities/money'
import { numbersInDigits } from './entities/numbers'
import { spelt } from './entities/spelt'
import { fold } from './fold'
import type { Duration, Mentions } from './index'
import type { Reading } from './reading'

/** What comes after tells nothing more, and any text takes bounded time. */
const LONGEST = 1_000

/**
 * Facts told by the way in any sentence. Each takes its words out of the text it was found in, so that no number is
 * taken twice; what could be two things is left to be asked.
 */
export function mentionsOf(text: string, today?: string): Mentions {
  const mentions: Mentions = {}
  const folded = fold(text).slice(0, LONGEST)
  const left = new Text(numbersInDigits(spelt(folded).replace(/\b(?:um|uma) (?=anos?|mes)/g, '1 ')))
  readKinship(left, mentions)
  readBirth(left, mentions, today)
  readPlannedSalary(left, mentions)
  // Most sentences have no figure, and then there is nothing for these to read.
  if (/\d/.test(left.whole)) {
    readSalary(left, mentions)
    readBenefit(left, mentions)
    readContribution(left, mentions)
    readAgeTold(left, mentions)
  } else {
    readBenefit(left, mentions)
  }
  readEvent(left, mentions, today)
  const whole = new Text(folded)
  readSexTold(whole, mentions)
  readWork(whole, mentions)
  return mentions
}

/** A text that loses what was understood of it. */
class Text {
  constructor(private rest: string) {}

  take(pattern: RegExp): RegExpExecArray | undefined {
    const found = pattern.exec(this.rest)
    if (found === null) return undefined
    this.rest = `${this.rest.slice(0, found.index)} · ${this.rest.slice(found.index + found[0].length)}`
    return found
  }

  has(pattern: RegExp): boolean {
    return pattern.test(this.rest)
  }

  get whole(): string {
    return this.rest
  }

  find(pattern: RegExp): RegExpExecArray | undefined {
    return pattern.exec(this.rest) ?? undefined
  }
}

/** The writer speaks of themselves; a relative only said it, or helps. */
const OF_ONESELF =
  /\b(?:me aposent\w+|minha aposentadoria|meu (?:beneficio|pagamento|pedido)|(?:disse|falou|contou|explicou|avisou|mandou|ajud\w+) (?:que |pra )?(?:eu|me|mim)\b)/

/** The relative the sentence is about; one who died is the reason, not the person served. */
function readKinship(left: Text, mentions: Mentions): void {
  const told = left.whole
  const [kin] = kinIn(told)
  if (kin === undefined || tellsOfDeath(told) || OF_ONESELF.test(told)) return
  const named = told.slice(kin.at).split(' ', 1)[0] ?? ''
  const ours = /\b(?:minha|meu|mha)(?: \w+)? $/.test(told.slice(0, kin.at))
  if (!ours && !/^(?:mainha|painho|mamae|papai)\b/.test(named)) return
  if (/^filh[oa]$/.test(kin.name) && left.has(/\bnasceu\b/)) return
  mentions.kinship = kin.name
  mentions.sex = kin.sex
}

/** "Mulher, 09/05/1966". */
const BESIDE_SEX = /(?<=\b(?:mulher|homem|feminino|masculino)\b[ ,:]{1,3})\d{1,2}[/.-]\d{1,2}[/.-]\d{4}\b/

/** "Nasci em 12/03/62", "nascida em março de 70", "minha data de nascimento é…". */
function readBirth(left: Text, mentions: Mentions, today: string | undefined): void {
  const born =
    mentions.kinship === undefined
      ? /\b(?:nasci|nascid[oa]|nascimento|naci|nasc)\b[^;!?]{0,60}/
      : /\b(?:nasceu|naceu|nascid[oa]|nascimento|nasc)\b[^;!?]{0,60}/
  const found = left.find(BESIDE_SEX) ?? left.find(born)
  if (found === undefined || left.has(/\b(?:bebe|nenem|filh[oa]|menin[oa]|gemeos|crianca) (?:\w+ ){0,3}nasc/))
    return
  const chunk =
    found[0].split(
      /,? \d{1,2} (?:anos|de (?:contrib|inss|carteira))|\b(?:comecei|trabalho|trabalhei|contribu\w+|pago|paguei|tenho|e comecei|e trabalho)\b/,
    )[0] ?? ''
  const dates = findDates(dateText(chunk))
  if (dates.length === 0) return
  const writtenInFull = dates.every((piece) => piece.year === undefined || piece.year > 99)
  if (today === undefined && !writtenInFull) {
    // Without today's date a year of two digits is placed by the only rule that cannot make a future birth.
    if (dates.some((piece) => piece.year !== undefined && piece.year <= 29)) return
  }
  const reading: Reading<string> = readBirthDate(chunk, today ?? '2029-12-31')
  if (reading.certainty === 'again' && reading.partial === undefined) return
  left.take(new RegExp(escaped(chunk)))
  mentions.birthDate = reading
}

const AMOUNT = '((?:r\\$ ?)?\\d[\\d.,]*(?: mil)?(?: e \\d{3})?(?: reais| real| conto| pila)?)'
const ABOUT =
  '(?:(?:uns|umas|cerca de|mais ou menos|em torno de|de|por volta de|quase|e|eh|era|sobre|r\\$)\\s*)*'

const PLANNED = new RegExp(
  `\\b(?:passar a|comecar a|passasse a|comecasse a|se eu|vou) (?:pagar|contribuir|recolher|pagasse|contribuisse)(?: mais)?(?: o inss)? (?:sobre|com|em cima de|no valor de) ${ABOUT}${AMOUNT}`,
)
const EARNED = new RegExp(
  `\\b(?:ganho|ganha|ganhava|ganhando|recebo|recebe|recebia|recebendo|tiro|tira|salario(?: medio| de contribuicao)?|media(?: salarial)?|renda|remuneracao|ordenado)(?: hoje| atualmente| por mes| e| eh| era| de|:)* ${ABOUT}${AMOUNT}(?! ?(?:anos|mes|salario|%|dias))`,
)

/** "E se eu passar a pagar sobre 3 mil?" */
function readPlannedSalary(left: Text, mentions: Mentions): void {
  if (
    left.take(
      /\b(?:se|caso) (?:eu )?(?:parar|parasse|paro|deixar|deixasse|deixo) de (?:contribuir|pagar|recolher|trabalhar)\b|\bparei de (?:contribuir|pagar|recolher)\b|\bnao (?:contribuir|pagar) mais\b/,
    )
  ) {
    mentions.stopsContributing = true
  }
  const found = left.take(PLANNED)
  const centavos = found === undefined ? undefined : centavosOf(found[1] ?? '')
  if (centavos !== undefined) mentions.newSalary = centavos
}

/** "Ganho 3 mil", "salário de 2.500": amounts that are no count of years. */
function readSalary(left: Text, mentions: Mentions): void {
  const found = left.find(EARNED)
  const centavos = found === undefined ? undefined : centavosOf(found[1] ?? '')
  if (centavos === undefined || centavos < 10_000) return
  left.take(new RegExp(escaped(found?.[0] ?? '')))
  mentions.averageSalary = centavos
}

function centavosOf(written: string): number | undefined {
  const reading = readAmount(written)
  if (reading.certainty === 'again' || reading.value === 'ceiling' || 'minimumWages' in reading.value)
    return undefined
  return reading.value.centavos
}

/** "Final 4", "termina em 7"; more or not more than one minimum wage. */
function readBenefit(left: Text, mentions: Mentions): void {
  const digit = left.take(
    /\b(?:final|finaliza em|termina (?:em|com|no)|terminad[oa] (?:em|com)|com final)(?: e| eh| numero)? (\d)(?!\d|[.,/]\d| ?(?:anos|mil))/,
  )
  if (digit !== undefined) mentions.benefitDigit = Number(digit[1])
  if (left.has(/\b(?:mais de|acima de|acima do|maior que|mais que) (?:um|1|o) (?:salario|minimo)/))
    mentions.aboveMinimum = true
  else if (
    left.has(
      /\b(?:ganh|receb|so)\w* (?:so )?(?:apenas )?(?:um|1|o) (?:salario(?: minimo)?|minimo)\b|\b(?:loas|bpc)\b/,
    )
  ) {
    mentions.aboveMinimum = false
  }
}

const PART = '(?:(?: e|,| com)? (?:uns )?(\\d{1,2}) mes(?:es)?| e (mei[oa]))?'
const TIME = `(\\d{1,2})(?: anos?)?${PART}`
const YEARS = `(\\d{1,2}) anos?${PART}`
const contributionPatterns = [
  new RegExp(
    `\\b(?:contribuicao|tempo(?: de (?:contribuicao|servico))?)(?::| e| de)? ${YEARS}(?! de idade)\\b`,
  ),
  new RegExp(
    `\\b${TIME} (?:anos? )?(?:de|no|na|em|pro|com)? ?(?:tempo de )?(?:contribuic\\w+|contribuid\\w+|inss|carteira|registr\\w+|recolhiment\\w+|clt|previdencia|carne)\\b`,
  ),
  // "61 anos trabalho na roça" is an age and a verb; only "20 anos de trabalho" is a time.
  new RegExp(
    `\\b${TIME} (?:anos? )?(?:de|no|na|em|com) (?:tempo de )?(?:servico|trabalho|firma|pagamento|magisterio|sala de aula|profissao)\\b`,
  ),
  new RegExp(
    `\\b${TIME} anos? (?:pag[oa]s?|trabalhad[oa]s?|registrad[oa]s?|contribuid[oa]s?|recolhid[oa]s?|certinhos?)\\b`,
  ),
  new RegExp(`\\b${TIME} (?:pag[oa]s|trabalhad[oa]s|registrad[oa]s|contribuid[oa]s)\\b`),
  new RegExp(
    `\\b(?:paguei|pago|pagou|paga|contribui|contribuo|contribuiu|recolhi|recolho|trabalhei|trabalho|trabalhou|trabalha|registrad[oa]|lecionei|professora?)(?: de carteira| registrad[oa]| o inss| inss| na roca| ja| durante| por| ha| faz| a| uns| umas| mais de| cerca de| quase| com carteira)* ${YEARS}(?! de idade)\\b`,
  ),
]

const ON_THE_LAND =
  /\b\d{1,2}(?: anos?)?(?: e \d{1,2} mes(?:es)?)? (?:de|na|no|em|com) (?:trabalho )?(?:(?:de|na|no|em) )?(?:roca|lavoura|sitio|enxada|agricultura|terra|pesca)\b|\b(?:na roca|na lavoura|no sitio|na enxada|na pesca)(?: por| durante| uns| umas| ja| ha| faz)* \d{1,2} anos?\b|\b(?:na roca|na lavoura|no sitio|na enxada|na pesca) d[eo]s? (?:os )?\d{1,2} (?:anos )?a(?:te)?(?:os)? (?:os )?\d{1,2}\b(?: anos)?/

/** "30 de contribuição", "paguei 27 anos", "360 contribuições". */
function readContribution(left: Text, mentions: Mentions): void {
  // Years on the land count by rules of their own, and were mostly not paid for.
  if (left.take(ON_THE_LAND) !== undefined) mentions.rural = true
  const months = left.take(
    /\b(\d{2,3}) contribuic\w+|(?<!anos e |anos, |anos )\b(\d{1,3}) (?:meses de (?:contribuicao|inss|carteira)|carnes|parcelas pagas)\b/,
  )
  if (months !== undefined) {
    mentions.contributionTime = normalised({ years: 0, months: Number(months[1] ?? months[2]), days: 0 })
    return
  }
  for (const pattern of contributionPatterns) {
    const found = left.take(pattern)
    if (found === undefined) continue
    // "15 anos de carteira e 5 de roça": which counts how is not ours to guess.
    if (contributionPatterns.some((other) => left.has(other))) return
    const months = found[3] === undefined ? Number(found[2] ?? 0) : 6
    const value: Duration = { years: Number(found[1]), months, days: 0 }
    if (value.years <= 75 && value.months < 12) mentions.contributionTime = value
    return
  }
}

/** "Tenho 58 anos", "mulher de 62 anos", "fiz 65"; not "com 14 anos comecei". */
function readAgeTold(left: Text, mentions: Mentions): void {
  left.take(
    /\b(?:comecei|desde os|aos|a partir dos|comecou)(?: a trabalhar)?(?: com| aos)? \d{1,2}(?: anos)?\b|\b(?:com|aos) \d{1,2} anos (?:eu )?(?:comecei|ja trabalhava|entrei)/,
  )
  left.take(/\b(?:vou fazer|faco|vai fazer|faz|completo|falta\w*|ha|por|durante) \d{1,2}(?: anos)?\b/)
  const found =
    left.take(/\b(\d{2,3}) (?:anos )?de idade\b/) ??
    left.take(
      /\b(?:tenho|tem|com|fiz|fez|completei|completou|estou com|esta com|to com|ta com|idade(?: de| e)?|idos[oa] de|mulher de|homem de|senhora de|senhor de|mae de|pai de|mulher|homem|sou de)(?: ja| hoje| uns)? (\d{2,3})(?: anos?\b)?(?! ?(?:de |anos de |anos na|anos no|anos que|contribu|mes|dias|mil|reais|%|carteira|filh))/,
    ) ??
    // "20 anos" and nothing else may be an age or a time.
    left.take(/(?:^(?!\s*\d{2} anos[\s.!?]*$)|[?.!,;:·])\s*(\d{2}) anos\b(?! de (?!idade)| e (?:\d|mei))/) ??
    left.take(/\b(?:homem|mulher|mae|pai)[ ,]+(\d{2}) anos\b/)
  const age = Number(found?.[1])
  if (found !== undefined && age >= 14 && age <= 120) mentions.age = age
}

const BABY = '(?:bebe|nenem|nene|filh[oa]|filhinh[oa]|menin[oa]|gemeos|crianca)'

const BIRTH = new RegExp(
  `\\b${BABY} (?:\\w+ ){0,2}nasceu\\b|\\bnasceu (?:\\w+ ){0,3}${BABY}\\b|\\b(?:tive|ganhei|teve|ganhou|pari) (?:o |um |uma |meu |minha )?${BABY}\\b|\\bdei a luz\\b|\\bmeu parto\\b`,
)

/** Birth, adoption or loss, and when; "afastada antes do parto" too. */
function readEvent(left: Text, mentions: Mentions, today: string | undefined): void {
  if (left.has(/\bnatimort|\bnasceu (?:sem vida|mort[oa])|\bnao resistiu\b/)) mentions.eventKind = 'natimorto'
  else if (left.has(/\baborto|\babortei|\bperdi (?:o|meu|um) (?:bebe|nenem|filho)/))
    mentions.eventKind = 'aborto'
  else if (left.has(/\badot(?:ei|amos|ou)|\badocao\b|\bguarda (?:judicial|para)/))
    mentions.eventKind = 'adocao'
  else if (left.has(/\bafast\w+ (?:\w+ ){0,3}antes do parto|\bantes do parto\b|\bantecipar a licenca\b/)) {
    mentions.eventKind = 'afastamento_pre_parto'
  } else if (left.has(BIRTH)) {
    mentions.eventKind = 'parto'
  }
  if (mentions.eventKind === undefined || today === undefined) return
  const told = left.find(/.*/)?.[0] ?? ''
  const reading = readDate(told, { today, past: true })
  if (reading.certainty !== 'again' || reading.partial !== undefined) mentions.eventDate = reading
}

/** Told of oneself: "sou mulher", "sou professora". Of a relative the relation tells it. */
function readSexTold(left: Text, mentions: Mentions): void {
  if (mentions.kinship !== undefined) return
  const woman = left.has(
    /\b(?:sou|eu sou)(?: uma)? (?:mulher|muier?|mule|senhora|professora|viuva|aposentada|agricultora|lavradora|domestica|dona de casa|gestante|diarista|autonoma|mae|pescadora|enfermeira|solteira|casada|costureira|faxineira|cozinheira)\b|\bmulher,? (?:com |de )?\d{2}|\bsexo feminino\b|\b(?:estou|to|fiquei) (?:gravida|gestante|desempregada)\b|^\W*(?:mulher|feminino)\b|·,? mulher\b|\bsou mulher\b/,
  )
  const man = left.has(
    /\b(?:sou|eu sou)(?: um)? (?:homem?|omi|omem|senhor|professor|viuvo|aposentado|agricultor|lavrador|pedreiro|autonomo|pescador|enfermeiro|motorista homem|solteiro|casado|vigilante homem)\b|\bhomem,? (?:com |de )?\d{2}|\bsexo masculino\b|\b(?:estou|to|fiquei) desempregado\b|^\W*(?:homem|masculino)\b|·,? homem\b/,
  )
  if (woman !== man) mentions.sex = woman ? 'F' : 'M'
}

function readWork(left: Text, mentions: Mentions): void {
  const goesOn = left.has(
    /\b(?:ainda|continuo|continua|sigo|segue) (?:\w+ ){0,2}(?:trabalh|contribu|pag|recolh)\w*|\b(?:trabalho|trabalha) (?:\w+ ){0,3}(?:carteira|registrad[oa])\b|\b(?:pago|recolho) (?:o |um |meu )?(?:inss|carne|mei)\b|\btodo mes (?:eu )?pago\b/,
  )
  if (goesOn && mentions.stopsContributing !== true) mentions.stillContributing = true
  if (left.has(/\bprofessora?s?\b|\bmagisterio\b|\bsala de aula\b|\bdou aula\b/)) mentions.teacher = true
  if (left.has(/\broca\b|\brural\b|\blavrador|\bagricultor|\blavoura\b|\benxada\b|\bsitio\b/))
    mentions.rural = true
  if (left.has(/\bmei\b/)) mentions.employmentStatus = 'mei'
  else if (left.has(/\bdesempregad|\bsem emprego\b|\bmandad[oa] embora\b|\bfui demitid/))
    mentions.employmentStatus = 'unemployed'
  else if (left.has(/\bempregad[oa] domestic[oa]\b|\bdomestica\b/)) mentions.employmentStatus = 'domestic'
  else if (left.has(/\bdon[oa] de casa\b|\bdo lar\b/)) mentions.employmentStatus = 'homemaker'
  else if (left.has(/\bdiarista\b|\bautonom|\btrabalh\w+ (?:\w+ )?por conta\b|\bcontribuinte individual\b/))
    mentions.employmentStatus = 'self_employed'
  else if (
    left.has(
      /(?<!\b(?:nunca|nao|sem) (?:\w+ ){0,3})(?:\bcarteira assinada\b|\bregistrad[oa]\b|\bclt\b|\bempregad[oa] (?:na|em|de)\b)/,
    )
  )
    mentions.employmentStatus = 'employed'
  else if (mentions.rural === true) mentions.employmentStatus = 'rural'
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
