import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { projectFile } from '../../src/files'

/** Folder of the built chat page; built here when its sources are newer. */
export function builtChatPage(): string {
  const folder = projectFile('dist/web/chat')
  const page = join(folder, 'index.html')
  const built = existsSync(page) ? statSync(page).mtimeMs : 0
  const sources = [...filesOf(projectFile('src/web/chat')), projectFile('locales/pt-BR/chat.json')]
  if (sources.some((file) => statSync(file).mtimeMs > built)) {
    execFileSync(projectFile('node_modules/.bin/vite'), ['build', 'src/web/chat', '--logLevel', 'error'], {
      cwd: projectFile('.'),
    })
  }
  return folder
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}
