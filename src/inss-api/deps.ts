import type { Clock } from '../clock'
import type { Parameters } from '../law'
import type { Log } from '../log'
import type { Database } from './db/database'
import type { Service } from './schemas/services'
import type { RecordSource } from './sources/record-source'

/** What the operations are made with, built once by the server. */
export type Deps = {
  db: Database
  databaseKind: 'postgresql' | 'pglite'
  ping: () => Promise<void>
  parameters: Parameters
  source: RecordSource
  services: readonly Service[]
  clock: Clock
  log: Log
}
