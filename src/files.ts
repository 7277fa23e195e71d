import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Absolute path of a file of the project, the same from sources and from the built `dist/`. */
export function projectFile(path: string): string {
  return join(root, path)
}

const root = findRoot(__dirname)

function findRoot(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder
  return findRoot(dirname(folder))
}
