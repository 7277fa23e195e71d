import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import type { Reading } from '../../src/nlu/reading'

/** One answer and what a careful attendant would make of it. */
export type Case = { say: string; titles?: string[]; expected: string }

type Written = {
  say: string[]
  value?: string
  confirm?: string
  again?: string
  reason?: string
  partial?: string
}

/** The tables of `entities/`, by kind; every scalar is read as text, so that `010158` and `no` stay what they are. */
export function loadCases(): Record<string, Case[]> {
  const folder = join(__dirname, 'entities')
  const tables = readdirSync(folder).map((file) => {
    const table = parse(readFileSync(join(folder, file), 'utf8'), { schema: 'failsafe' })
    const cases: Case[] =
      file === 'choice.yaml'
        ? (table as { titles: string[]; cases: Written[] }[]).flatMap(({ titles, cases }) =>
            cases.flatMap((each) => casesOf(each, titles)),
          )
        : (table as Written[]).flatMap((each) => casesOf(each))
    return [file.replace('.yaml', ''), cases] as const
  })
  return Object.fromEntries(tables)
}

function casesOf(written: Written, titles?: string[]): Case[] {
  return written.say.map((say) => ({ say, ...(titles && { titles }), expected: expectation(written) }))
}

function expectation({ value, confirm, again, reason, partial }: Written): string {
  if (value !== undefined) return `sure ${value}`
  if (confirm !== undefined) return `confirm ${confirm} (${reason})`
  return `again (${again})${partial === undefined ? '' : ` ${partial}`}`
}

/** A reading in the words of the tables. */
export function inWords(reading: Reading<unknown>): string {
  if (reading.certainty === 'sure') return `sure ${reading.value}`
  if (reading.certainty === 'confirm') return `confirm ${reading.value} (${reading.reason})`
  return `again (${reading.reason})${reading.partial === undefined ? '' : ` ${reading.partial}`}`
}

export function agrees(expected: string, read: string): boolean {
  return expected === 'again (any)' ? read.startsWith('again') : expected === read
}
