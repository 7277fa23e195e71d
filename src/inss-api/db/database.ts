import { type Connection, type Database as DatabaseOf, openConnection } from '../../database'
import { AppError } from '../../errors'
import { projectFile } from '../../files'
import type { Log } from '../../log'
import * as schema from './schema'

export type Database = DatabaseOf<typeof schema>
export type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0]

export type OpenDatabase = {
  db: Database
  kind: Connection['kind']
  /** Answers when the database does; rejects when it does not. */
  ping: () => Promise<void>
  close: () => Promise<void>
}

/**
 * The database at its newest migration: one that other parts of the process use too, or one of its own.
 * @throws AppError `config_invalid`, one sentence: folder in use or unreadable, server unreachable
 */
export async function openDatabase(options: {
  connection?: Connection | undefined
  databaseUrl?: string | undefined
  dataFolder: string
  log: Log
}): Promise<OpenDatabase> {
  const { connection: shared } = options
  const connection = shared ?? (await openConnection(options))
  try {
    const db = await connection.prepare(schema, {
      migrationsFolder: projectFile('src/inss-api/db/migrations'),
    })
    const close = shared === undefined ? connection.close : () => Promise.resolve()
    return { db, kind: connection.kind, ping: connection.ping, close }
  } catch (cause) {
    if (shared === undefined) await connection.close()
    throw new AppError('config_invalid', {
      message:
        connection.kind === 'postgresql'
          ? 'The database of DATABASE_URL cannot be reached or prepared. Check its address, user and rights.'
          : `The data folder ${options.dataFolder} cannot be prepared: it must have been written by this version or an older one.`,
      cause,
    })
  }
}
