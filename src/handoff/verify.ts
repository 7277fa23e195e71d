import { join } from 'node:path'
import pino from 'pino'
import { createClock } from '../clock'
import type { Config } from '../config'
import { openConnection } from '../database'
import { AppError } from '../errors'
import { createAudit, type Verdict } from './audit'
import { deskDatabase } from './db/database'

/**
 * Walks the audit's chain and says what it found, naming the first row that is broken.
 * @param known hashes noted at other times, which must still be in it
 * @returns the exit code: 0 when it is whole
 * @throws AppError `config_invalid` when there is no database to look at
 */
export async function verifyAudit(
  config: Pick<Config, 'databaseUrl' | 'dataFolder'>,
  known: string[],
  say: (line: string) => void,
): Promise<number> {
  const { databaseUrl, dataFolder } = config
  if (!known.every((hash) => /^[0-9a-f]{64}$/.test(hash))) {
    throw new AppError('config_invalid', { message: 'npm run audit:verify -- [hash noted before]…' })
  }
  const log = pino({ level: 'silent' })
  const connection = await openConnection({ databaseUrl, dataFolder: join(dataFolder, 'inss-api'), log })
  try {
    const clock = createClock()
    const database = deskDatabase(async () => connection)
    await database().catch((cause: unknown) => {
      throw new AppError('config_invalid', { message: 'The database of the audit cannot be reached.', cause })
    })
    const verdict = await createAudit({ database, clock }).verify(known)
    say(inWords(verdict))
    return verdict.ok ? 0 : 1
  } finally {
    await connection.close()
  }
}

function inWords(verdict: Verdict): string {
  if (verdict.ok) return `${verdict.rows} rows, none broken. Note this and give it next time: ${verdict.head}`
  if ('missing' in verdict) return `BROKEN: the chain does not hold ${verdict.missing}, so it was made anew`
  const faults = {
    missing: 'is missing',
    changed: 'was changed',
    unchained: 'does not follow the row before it',
  }
  return `BROKEN: row ${verdict.position} ${faults[verdict.fault]}`
}
