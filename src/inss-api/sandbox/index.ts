import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseDocument } from 'yaml'
import { AppError } from '../../errors'
import { projectFile } from '../../files'
import { loadParameters, type Parameters } from '../../law'
import { checkLife } from './check'
import type { Citizen } from './citizen'
import { expandCitizen } from './expand'
import { createReference, type Reference } from './reference'
import { citizenFile } from './schema'

/** The citizens shipped with the project. */
export const defaultCitizensFolder = projectFile('src/inss-api/sandbox/citizens')

/**
 * Every citizen of a folder of YAML files as the INSS holds them on `today` (civil date), in the order of the file
 * names. Throws `AppError` config_invalid with one line per fault: file, path and what was expected.
 */
export function loadCitizens(
  folder: string,
  today: string,
  parameters: Parameters = loadParameters(projectFile('src/law/parameters')),
): Citizen[] {
  const reference = createReference(parameters)
  const read = fileNames(folder).map((name) => readCitizen(join(folder, name), today, reference))
  const citizens = read.flatMap(({ citizen }) => (citizen === null ? [] : [citizen]))
  const faults = [...read.flatMap(({ faults }) => faults), ...repeated(citizens)]
  if (faults.length > 0) throw new AppError('config_invalid', { message: faults.join('\n') })
  return citizens
}

function fileNames(folder: string): string[] {
  const names = listFolder(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
  if (names.length === 0) {
    throw new AppError('config_invalid', {
      message: `${folder}: expected at least one .yaml file of a citizen`,
    })
  }
  return names
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (cause) {
    throw new AppError('config_invalid', {
      message: `${folder}: expected a readable folder of citizens`,
      cause,
    })
  }
}

type Read = { citizen: Citizen | null; faults: string[] }

function readCitizen(path: string, today: string, reference: Reference): Read {
  const file = basename(path)
  const document = parseDocument(readFileSync(path, 'utf8'))
  const [syntax] = document.errors
  if (syntax !== undefined) return refuse(file, [syntax.message.split('\n')[0] ?? 'expected YAML'])
  const parsed = citizenFile.safeParse(document.toJS())
  if (!parsed.success) {
    return refuse(
      file,
      parsed.error.issues.map(({ path: field, message }) =>
        field.length === 0 ? message : `${field.join('.')}: ${message}`,
      ),
    )
  }
  const expanded = expandCitizen(parsed.data, today, reference)
  const faults = checkLife(parsed.data, expanded, today)
  return faults.length > 0 ? refuse(file, faults) : { citizen: expanded.citizen, faults: [] }
}

function refuse(file: string, faults: string[]): Read {
  return { citizen: null, faults: faults.map((fault) => `${file}: ${fault}`) }
}

/** A CPF, a benefit number and a protocol belong to one person. */
function repeated(citizens: Citizen[]): string[] {
  const seen = new Map<string, string>()
  return citizens.flatMap(({ name, cpf, benefits, pastRequests }) =>
    [
      ['CPF', cpf],
      ...benefits.map(({ number }) => ['benefit number', number]),
      ...pastRequests.map(({ protocol }) => ['protocol', protocol]),
    ].flatMap(([what, number]) => {
      const key = `${what} ${number}`
      const other = seen.get(key)
      seen.set(key, name)
      return other === undefined ? [] : [`${name}: expected another ${what}, ${other} has the same`]
    }),
  )
}
