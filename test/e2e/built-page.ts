import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { projectFile } from '../../src/files'

/** Folder of the built chat page; when its sources are newer, of a build of this process's own. */
export function builtChatPage(): string {
  const folder = projectFile('dist/web/chat')
  const page = join(folder, 'index.html')
  const builtAt = existsSync(page) ? statSync(page).mtimeMs : 0
  const sources = [
    ...filesOf(projectFile('src/web/chat')),
    ...filesOf(projectFile('src/web/shared')),
    projectFile('locales/pt-BR/chat.json'),
  ]
  if (sources.every((file) => statSync(file).mtimeMs <= builtAt)) return folder
  // Other test processes may be building too.
  const own = projectFile(`test/e2e/output/page-${process.pid}`)
  const vite = projectFile('node_modules/.bin/vite')
  execFileSync(vite, ['build', 'src/web/chat', '--outDir', own, '--logLevel', 'error'], {
    cwd: projectFile('.'),
  })
  return own
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}
