import { projectFile } from '../../files'
import type { Citizen } from './citizen'

/** The citizens shipped with the project. */
export const defaultCitizensFolder = projectFile('src/inss-api/sandbox/citizens')

/**
 * Every citizen of a folder of YAML files as the INSS holds them on `today` (civil date), in the order of the file
 * names. Throws `AppError` config_invalid with one line per fault: file, path and what was expected.
 */
export function loadCitizens(_folder: string, _today: string): Citizen[] {
  return []
}
