import { type Clock, civilDate } from '../../clock'
import type { Parameters } from '../../law'
import { defaultCitizensFolder, loadCitizens } from '../sandbox/index'
import { indicators } from '../sandbox/indicators'
import type { CitizenRecord, RecordSource } from './record-source'

/**
 * The synthetic citizens as a record source. Their lives are written relative to the day, so they are read again
 * when the day changes.
 * @throws AppError `config_invalid` when the folder holds a fault
 */
export function createSandboxSource(options: {
  folder?: string | undefined
  parameters: Parameters
  clock: Clock
}): RecordSource {
  const read = (day: string): Map<string, CitizenRecord> =>
    new Map(
      loadCitizens(options.folder ?? defaultCitizensFolder, day, options.parameters).map((citizen) => [
        citizen.cpf,
        citizen,
      ]),
    )
  let day = civilDate(options.clock.now())
  let citizens = read(day)
  return {
    find: async (cpf) => {
      const today = civilDate(options.clock.now())
      if (today !== day) {
        citizens = read(today)
        day = today
      }
      return citizens.get(cpf)
    },
    indicator: (code) => {
      const known = (indicators as Record<string, Omit<ReturnType<RecordSource['indicator']>, 'code'>>)[code]
      if (known !== undefined) return { code, ...known }
      return {
        code,
        meaning: `Marca ${code} do extrato, que este serviço não conhece.`,
        effect: 'pending',
        howToSolve: 'Veja a legenda no fim do seu extrato de contribuição ou ligue 135.',
      }
    },
  }
}
