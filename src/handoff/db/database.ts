import type { Connection, Database } from '../../database'
import { projectFile } from '../../files'
import * as schema from './schema'

export type DeskDatabase = Database<typeof schema>

/**
 * The desk's tables in a database, made ready at the first use. While the database does not answer, each use tries
 * again: people are served without it.
 */
export function deskDatabase(connection: () => Promise<Connection>): () => Promise<DeskDatabase> {
  let ready: Promise<DeskDatabase> | undefined
  return () => {
    ready ??= connection()
      .then((opened) =>
        opened.prepare(schema, {
          migrationsFolder: projectFile('src/handoff/db/migrations'),
          migrationsSchema: 'desk',
          migrationsTable: 'migrations',
        }),
      )
      .catch((error: unknown) => {
        ready = undefined
        throw error
      })
    return ready
  }
}
