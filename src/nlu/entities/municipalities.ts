import { readFileSync } from 'node:fs'
import { projectFile } from '../../files'
import { fold } from '../fold'
import { soundOf } from '../phonetic'

/** States by abbreviation, with the names people use; folded. */
export const states: Record<string, string[]> = {
  AC: ['acre'],
  AL: ['alagoas'],
  AM: ['amazonas'],
  AP: ['amapa'],
  BA: ['bahia', 'baia', 'baea'],
  CE: ['ceara', 'siara'],
  DF: ['distrito federal'],
  ES: ['espirito santo', 'esprito santo'],
  GO: ['goias', 'goiaz', 'goyaz'],
  MA: ['maranhao'],
  MG: ['minas gerais', 'minas geraes', 'minas'],
  MS: ['mato grosso do sul', 'mato groso do sul'],
  MT: ['mato grosso do norte', 'mato grosso', 'mato groso'],
  PA: ['estado do para', 'do para', 'no para'],
  PB: ['paraiba'],
  PE: ['pernambuco'],
  PI: ['piaui'],
  PR: ['parana'],
  RJ: ['estado do rio de janeiro', 'estado do rio', 'rio de janeiro', 'rio de janero'],
  RN: ['rio grande do norte'],
  RO: ['rondonia'],
  RR: ['roraima'],
  RS: ['rio grande do sul', 'rio grande do su', 'rgs'],
  SC: ['santa catarina'],
  SE: ['sergipe'],
  SP: ['estado de sao paulo', 'sao paulo', 'sampaulo'],
  TO: ['tocantins'],
}
export const stateNames = Object.entries(states)
  .flatMap(([state, names]) => names.map((name) => ({ state, name })))
  .sort((a, b) => b.name.length - a.name.length)
export type City = { city: string; state: string; capital: boolean }

const MOST_SAID = 40

type Index = {
  byName: Map<string, City[]>
  bySound: Map<string, string>
  /** Names by their first letter, for finding those one slip away. */
  byLetter: Map<string, string[]>
}

let index: Index | undefined

/** Municipalities by folded name; read once, when first needed. */
export function cities(): Index {
  if (index !== undefined) return index
  const byName = new Map<string, City[]>()
  for (const line of readFileSync(projectFile('locales/pt-BR/municipalities.txt'), 'utf8').split('\n')) {
    const [state, names] = line.startsWith('#') ? [] : line.split(': ')
    for (const [at, city] of (names ?? '').split('; ').entries()) {
      if (city === '' || state === undefined) continue
      const name = words(fold(city)).join(' ')
      byName.set(name, [...(byName.get(name) ?? []), { city, state, capital: at === 0 }])
    }
  }
  const bySound = new Map([...byName.keys()].reverse().map((name) => [soundOfName(name), name]))
  const byLetter = new Map<string, string[]>()
  for (const name of byName.keys())
    byLetter.set(name[0] ?? '', [...(byLetter.get(name[0] ?? '') ?? []), name])
  index = { byName, bySound, byLetter }
  return index
}

export function soundOfName(name: string): string {
  return name.split(' ').map(soundOf).join(' ')
}

/** The words of a place, its shortened saints written out. */
export function words(folded: string): string[] {
  return folded
    .replace(/\br\.? ?g\.? (?=d)/g, 'rio grande ')
    .replace(/\bs\.? j\.? /g, 'sao jose ')
    .replace(/\bs\.? (?=[a-z]{3})/g, 'sao ')
    .replace(/\bsta\b/g, 'santa')
    .replace(/\bsto\b/g, 'santo')
    .replace(/\bd\b/g, 'de')
    .replace(/[^a-z0-9]+/g, ' ')
    .trim()
    .split(' ', MOST_SAID)
}
