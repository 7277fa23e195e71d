import { readFileSync, writeFileSync } from 'node:fs'
import { z } from 'zod'
import { readAge } from './entities/age'
import { readBank } from './entities/bank'
import { readChoice } from './entities/choice'
import { readCompetence } from './entities/competence'
import { readBirthDate, readDate } from './entities/dates'
import { readDurationAsSaid } from './entities/duration'
import {
  readBenefitNumber,
  readCep,
  readCpf,
  readFinalDigit,
  readNit,
  readPhone,
  readProtocol,
} from './entities/identifiers'
import { readKinship } from './entities/kinship'
import { readAmount } from './entities/money'
import { readCity, readState } from './entities/places'
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
    case 'nit':
      return readNit(text)
    case 'protocol':
      return readProtocol(text)
    case 'final_digit':
      return readFinalDigit(text)
    case 'age':
      return readAge(text)
    case 'competence':
      return readCompetence(text, today)
    case 'bank':
      return readBank(text)
    case 'state':
      return readState(text)
    case 'city':
      return readCity(text)
    case 'kinship':
      return readKinship(text)
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

/**
 * Lines of a JSONL file, or of a CSV file with the same names in its first line.
 * @throws Error that names the line that cannot be used
 */
export function entityLines(content: string): EntityLine[] {
  const rows = content.replace(/^\uFEFF/, '').split(/\r?\n/)
  const header = rows[0]?.trimStart().startsWith('{') ? undefined : cells(rows[0] ?? '')
  const lines: EntityLine[] = []
  for (const [at, row] of rows.entries()) {
    if (row.trim() === '' || (at === 0 && header !== undefined)) continue
    const parsed = shape.safeParse(header === undefined ? json(row) : record(header, cells(row)))
    if (!parsed.success) throw new Error(`line ${at + 1} is no question_kind, text and value`)
    lines.push(parsed.data as EntityLine)
  }
  return lines
}

const shape = z.object({
  question_kind: z.string(),
  text: z.string(),
  value: z.union([z.string(), z.number(), z.null()]),
  note: z.string().optional(),
})

export function json(row: string): unknown {
  try {
    return JSON.parse(row)
  } catch {
    return undefined
  }
}

/** An empty value is one that must be asked again; the position of a choice is a number. */
function record(header: string[], row: string[]): object {
  const entries = header.map((name, at) => [name.trim(), row[at] ?? ''] as const)
  const { value = '', ...rest } = Object.fromEntries(entries) as Record<string, string>
  const position = /^(?:choice|age|final_digit)$/.test(rest.question_kind ?? '') && /^\d+$/.test(value)
  return { ...rest, value: value === '' ? null : position ? Number(value) : value }
}

/** The cells of a CSV line; a comma or a semicolon parts them, quotes hold them together. */
export function cells(row: string): string[] {
  const mark = row.split(';').length > row.split(',').length ? ';' : ','
  const pattern = new RegExp(`(?:^|${mark})(?:"((?:[^"]|"")*)"|([^${mark}]*))`, 'g')
  return [...row.matchAll(pattern)].map(([, quoted, plain]) => quoted?.replace(/""/g, '"') ?? plain ?? '')
}

function main([file, ...options]: string[]): void {
  if (file === undefined)
    throw new Error(
      'which file? usage: nlu:entities FILE.jsonl|FILE.csv [--predictions OUT] [--today YYYY-MM-DD]',
    )
  const option = (name: string) => (options.includes(name) ? options[options.indexOf(name) + 1] : undefined)
  const today = option('--today') ?? '2026-11-23'
  const lines = entityLines(readFileSync(file, 'utf8'))
  const started = performance.now()
  const predictions = lines.map((line) => predictEntity(line, today))
  const microseconds = (1000 * (performance.now() - started)) / Math.max(1, lines.length)
  const kinds = [...new Set(predictions.map((each) => each.question_kind))].sort()
  const table = [...kinds, 'all'].map((kind) => {
    const of = predictions.filter((each) => kind === 'all' || each.question_kind === kind)
    const right = of.filter((each) => each.predicted === each.value).length
    return `${kind.padEnd(16)} ${String(right).padStart(4)} of ${String(of.length).padEnd(4)} ${((100 * right) / of.length).toFixed(1)} %`
  })
  const wrong = predictions
    .filter((each) => each.predicted !== each.value)
    .map(
      (each) =>
        `    ${each.question_kind}: "${each.text}" is ${each.value}, read as ${each.predicted} (${each.certainty})`,
    )
  const time = `time an answer    ${microseconds.toFixed(0)} µs`
  process.stdout.write(`${[...table, time, ...(wrong.length > 0 ? ['wrong', ...wrong] : [])].join('\n')}\n`)
  const out = option('--predictions')
  if (out !== undefined) writeFileSync(out, `${predictions.map((each) => JSON.stringify(each)).join('\n')}\n`)
}

if (require.main === module) main(process.argv.slice(2))
