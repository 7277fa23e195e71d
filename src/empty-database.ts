import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { projectFile } from './files'

/**
 * Gives `folder` the files of a database without tables, if it has none. Making them takes PGlite several seconds of
 * both cores and copying them a moment, so the build makes them once. Where it did not, PGlite makes them when it opens.
 */
export function copyEmptyDatabase(folder: string): void {
  const empty = emptyDatabase()
  if (existsSync(folder) || !existsSync(empty)) return
  // Moved into place, so that a start that is cut short leaves no half of a database.
  const aside = `${folder}.${process.pid}`
  cpSync(empty, aside, { recursive: true })
  renameSync(aside, folder)
}

/** Where the build leaves it; another PGlite may write other files. */
function emptyDatabase(): string {
  const manifest = join(dirname(require.resolve('@electric-sql/pglite')), '../package.json')
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }
  return projectFile(`dist/empty-database-${version}`)
}

async function makeEmptyDatabase(): Promise<void> {
  const empty = emptyDatabase()
  if (existsSync(empty)) return
  const aside = `${empty}.${process.pid}`
  rmSync(aside, { recursive: true, force: true })
  mkdirSync(aside, { recursive: true })
  const database = await PGlite.create(aside)
  await database.close()
  try {
    renameSync(aside, empty)
  } catch (error) {
    // Another build was quicker.
    rmSync(aside, { recursive: true })
    if (!existsSync(empty)) throw error
  }
}

if (require.main === module) void makeEmptyDatabase()
