import { mkdirSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { PGlite } from '@electric-sql/pglite'
import { sql } from 'drizzle-orm'
import type { MigrationConfig } from 'drizzle-orm/migrator'
import { drizzle as drizzlePostgres } from 'drizzle-orm/node-postgres'
import { migrate as migratePostgres } from 'drizzle-orm/node-postgres/migrator'
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'
import { drizzle as drizzlePglite } from 'drizzle-orm/pglite'
import { migrate as migratePglite } from 'drizzle-orm/pglite/migrator'
import { Pool } from 'pg'
import { copyEmptyDatabase } from './empty-database'
import { AppError } from './errors'
import { lockFolder } from './folder-lock'
import type { Log } from './log'

/** PostgreSQL or PGlite: the same schema, the same migrations, the same calls. */
export type Database<Schema extends Record<string, unknown>> = PgDatabase<PgQueryResultHKT, Schema>

/** One opening of the database, shared by every part of this process that keeps something in it. */
export type Connection = {
  kind: 'postgresql' | 'pglite'
  /** Brings a part's own tables to the newest of its migrations. @throws what the database says */
  prepare<Schema extends Record<string, unknown>>(
    schema: Schema,
    migrations: MigrationConfig,
  ): Promise<Database<Schema>>
  /** Answers when the database does; rejects when it does not. */
  ping(): Promise<void>
  close(): Promise<void>
}

const CLOSES_WITHIN_MS = 5000

/** Processes that start together migrate one after the other. */
const MIGRATION_LOCK = 3979

/**
 * Opens the database of this process: PostgreSQL, or PGlite in the folder. A PostgreSQL is connected to when it is
 * first asked something.
 * @throws AppError `config_invalid`, one sentence: folder in use or unreadable
 */
export function openConnection(options: {
  databaseUrl?: string | undefined
  dataFolder: string
  log: Log
}): Promise<Connection> {
  if (options.databaseUrl === undefined) return openPglite(options.dataFolder)
  return Promise.resolve(openPostgres(options.databaseUrl, options.log))
}

async function openPglite(folder: string): Promise<Connection> {
  let lock: { release: () => void } | undefined
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    lock = lockFolder(folder)
    copyEmptyDatabase(`${folder}/pglite`)
    const client = await PGlite.create(`${folder}/pglite`)
    const held = lock
    return {
      kind: 'pglite',
      async prepare(schema, migrations) {
        const db = drizzlePglite(client, { schema })
        await migratePglite(db, migrations)
        return db
      },
      ping: async () => void (await client.query('select 1')),
      close: async () => {
        await client.close()
        held.release()
      },
    }
  } catch (cause) {
    lock?.release()
    if (cause instanceof AppError) throw cause
    throw unusable(folder, cause)
  }
}

function openPostgres(url: string, log: Log): Connection {
  const pool = new Pool({ connectionString: url, max: 10, connectionTimeoutMillis: 5000 })
  // A connection that breaks is replaced at the next query. Without a listener it would end the process: the pool
  // tells of idle ones, and one that is in use (inside a transaction, between two queries) tells of itself.
  const lost = () => log.warn({ event: 'database_connection_lost' })
  pool.on('error', lost)
  pool.on('connect', (connection) => connection.on('error', lost))
  return {
    kind: 'postgresql',
    async prepare(schema, migrations) {
      const connection = await pool.connect()
      try {
        await connection.query('select pg_advisory_lock($1)', [MIGRATION_LOCK])
        await migratePostgres(drizzlePostgres(connection), migrations)
        await connection.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK])
        connection.release()
      } catch (error) {
        // With the connection goes the lock.
        connection.release(true)
        throw error
      }
      return drizzlePostgres(pool, { schema })
    },
    ping: async () => void (await drizzlePostgres(pool).execute(sql`select 1`)),
    // It waits for ever for a connection that was cut at the wrong moment, and nothing is left to be written then.
    close: () => Promise.race([pool.end(), wait(CLOSES_WITHIN_MS, undefined, { ref: false })]),
  }
}

function unusable(folder: string, cause: unknown): AppError {
  return new AppError('config_invalid', {
    message: `The data folder ${folder} cannot be opened: it must be a folder this process can read and write, written by this version or an older one.`,
    cause,
  })
}
