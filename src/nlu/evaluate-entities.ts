import { readFileSync, writeFileSync } from 'node:fs'
import { readChoice } from './entities/choice'
import { readBirthDate, readDate } from './entities/dates'
import { readDurationAsSaid } from './entities/duration'
import { readBenefitNumber, readCep, readCpf, readPhone } from './entities/identifiers'
import { readAmount } from './entities/money'
import { readSex } from './entities/sex'
import { readYesNo } from './entities/yes-no'
import { fold } from './fold'
import type { Duration } from './index'
import { type Reading, sure } from './reading'

export type EntityLine = { question_kind: string; text: string; value: string | number | null; note?: string }

export type EntityPrediction = EntityLine & {
  predicted: string | number | null
  certainty: Reading<unknown>['certainty']
  reason?: string
}

/** Reads one line of an evaluation file, in its notation. @throws Error for a kind of question we do not know */
export function predictEntity(line: EntityLine, today: string): EntityPrediction {
  const reading = readingOf(line, today)
  const predicted = reading.certainty === 'again' ? inPart(reading) : reading.value
  const { certainty } = reading
  return { ...line, predicted, certainty, ...(reading.certainty !== 'sure' && { reason: reading.reason }) }
}

function readingOf(
  { question_kind: kind, text, note = '' }: EntityLine,
  today: string,
): Reading<string | number> {
  switch (kind) {
    case 'yes_no':
      return mapped(readYesNo(text), (yes) => (yes ? 'yes' : 'no'))
    case 'birth_date':
      return readBirthDate(text, today)
    case 'event_date':
      return readDate(text, { today, past: true })
    case 'duration':
      return mapped(readDurationAsSaid(text), isoDuration)
    case 'money':
      return mapped(readAmount(text), (amount) => {
        if (amount === 'ceiling') return 'teto'
        return 'minimumWages' in amount ? `${amount.minimumWages}xSM` : (amount.centavos / 100).toFixed(2)
      })
    case 'choice':
      return choiceOf(text, note)
    case 'cpf':
      return readCpf(text)
    case 'sex':
      return readSex(text)
    case 'phone':
      return readPhone(text)
    case 'benefit_number':
      return readBenefitNumber(text)
    case 'cep':
      return readCep(text)
    default:
      throw new Error(`no reader for questions of kind ${kind}`)
  }
}

/** Options come in the note, by count ("3 options") or by name ("options: 1 manhã 2 tarde"). */
function choiceOf(text: string, note: string): Reading<string | number> {
  const list = /options: (.*?)\s*(?:->|$)/.exec(note)?.[1]
  const titles =
    list === undefined
      ? Array.from({ length: Number(/(\d+) options/.exec(note)?.[1] ?? 0) }, () => '')
      : list.split(/^\d+ /.test(list) ? /\s*\b\d+ (?=\D)/ : ' / ').filter((title) => title !== '')
  const said = fold(text)
  if (/\bvolt\w*|\banterior\b/.test(said)) return sure('@go_back')
  if (/\brepet\w*|\bde novo\b|\bnao entendi\b/.test(said)) return sure('@repeat')
  return mapped(readChoice(text, titles), (index) => (list === undefined ? index + 1 : (titles[index] ?? '')))
}

/** What was understood of something asked again: part of a date, "none of them". */
function inPart(reading: { reason: string; partial?: string }): string | null {
  if (reading.partial !== undefined) return reading.partial
  return reading.reason === 'none_of_them' ? 'none' : null
}

function mapped<A, B>(reading: Reading<A>, change: (value: A) => B): Reading<B> {
  return reading.certainty === 'again' ? reading : { ...reading, value: change(reading.value) }
}

function isoDuration({ years, months, days }: Duration): string {
  const parts = `${years ? `${years}Y` : ''}${months ? `${months}M` : ''}${days ? `${days}D` : ''}`
  return `P${parts === '' ? '0Y' : parts}`
}

function main([file, ...options]: string[]): void {
  if (file === undefined)
    throw new Error(
      'which file? usage: evaluate-entities FILE.jsonl [--predictions OUT] [--today YYYY-MM-DD]',
    )
  const option = (name: string) => (options.includes(name) ? options[options.indexOf(name) + 1] : undefined)
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
  const today = option('--today') ?? '2026-11-23'
  const predictions = lines.map((line) => predictEntity(JSON.parse(line) as EntityLine, today))
  const kinds = [...new Set(predictions.map((each) => each.question_kind))].sort()
  const table = [...kinds, 'all'].map((kind) => {
    const of = predictions.filter((each) => kind === 'all' || each.question_kind === kind)
    const right = of.filter((each) => each.predicted === each.value).length
    return `${kind.padEnd(16)} ${String(right).padStart(4)} of ${String(of.length).padEnd(4)} ${((100 * right) / of.length).toFixed(1)} %`
  })
  process.stdout.write(`${table.join('\n')}\n`)
  const out = option('--predictions')
  if (out !== undefined) writeFileSync(out, `${predictions.map((each) => JSON.stringify(each)).join('\n')}\n`)
}

if (require.main === module) main(process.argv.slice(2))
