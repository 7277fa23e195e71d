import { mkdirSync } from 'node:fs'
import { PGlite } from '@electric-sql/pglite'
import { sql } from 'drizzle-orm'
import { drizzle as drizzlePostgres } from 'drizzle-orm/node-postgres'
import { migrate as migratePostgres } from 'drizzle-orm/node-postgres/migrator'
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'
import { drizzle as drizzlePglite } from 'drizzle-orm/pglite'
import { migrate as migratePglite } from 'drizzle-orm/pglite/migrator'
import { Pool } from 'pg'
import { AppError } from '../../errors'
import { projectFile } from '../../files'
import type { Log } from '../../log'
import { lockFolder } from './folder-lock'
import * as schema from './schema'

/** PostgreSQL or PGlite: the same schema, the same migrations, the same calls. */
export type Database = PgDatabase<PgQueryResultHKT, typeof schema>
export type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0]

export type OpenDatabase = {
  db: Database
  kind: 'postgresql' | 'pglite'
  /** Answers when the database does; rejects when it does not. */
  ping: () => Promise<void>
  close: () => Promise<void>
}

const migrationsFolder = projectFile('src/inss-api/db/migrations')

/**
 * Open the database and bring it to the newest migration.
 * @throws AppError `config_invalid`, one sentence: folder in use or unreadable, server unreachable
 */
export function openDatabase(options: {
  databaseUrl?: string | undefined
  dataFolder: string
  log: Log
}): Promise<OpenDatabase> {
  if (options.databaseUrl !== undefined) return openPostgres(options.databaseUrl, options.log)
  return openPglite(options.dataFolder)
}

async function openPglite(folder: string): Promise<OpenDatabase> {
  let lock: { release: () => void } | undefined
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    lock = lockFolder(folder)
    const client = await PGlite.create(`${folder}/pglite`)
    const db = drizzlePglite(client, { schema })
    await migratePglite(db, { migrationsFolder })
    const held = lock
    return {
      db,
      kind: 'pglite',
      ping: async () => void (await db.execute(sql`select 1`)),
      close: async () => {
        await client.close()
        held.release()
      },
    }
  } catch (cause) {
    lock?.release()
    if (cause instanceof AppError) throw cause
    throw new AppError('config_invalid', {
      message: `The data folder ${folder} cannot be opened: it must be a folder this process can read and write, written by this version or an older one.`,
      cause,
    })
  }
}

async function openPostgres(url: string, log: Log): Promise<OpenDatabase> {
  const pool = new Pool({ connectionString: url, max: 10, connectionTimeoutMillis: 5000 })
  // A connection that breaks is replaced at the next query. Without a listener it would end the process: the pool
  // tells of idle ones, and one that is in use (inside a transaction, between two queries) tells of itself.
  const lost = () => log.warn({ event: 'database_connection_lost' })
  pool.on('error', lost)
  pool.on('connect', (connection) => connection.on('error', lost))
  try {
    await migrateAlone(pool)
  } catch (cause) {
    await pool.end()
    throw new AppError('config_invalid', {
      message:
        'The database of DATABASE_URL cannot be reached or prepared. Check its address, user and rights.',
      cause,
    })
  }
  const db = drizzlePostgres(pool, { schema })
  return {
    db,
    kind: 'postgresql',
    ping: async () => void (await db.execute(sql`select 1`)),
    close: () => pool.end(),
  }
}

/** Processes that start together migrate one after the other. */
async function migrateAlone(pool: Pool): Promise<void> {
  const connection = await pool.connect()
  try {
    await connection.query('select pg_advisory_lock(3979)')
    await migratePostgres(drizzlePostgres(connection), { migrationsFolder })
    await connection.query('select pg_advisory_unlock(3979)')
  } finally {
    connection.release()
  }
}
