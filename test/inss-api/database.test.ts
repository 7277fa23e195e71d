import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { copyEmptyDatabase } from '../../src/empty-database'
import { AppError } from '../../src/errors'
import { loadSigningKey } from '../../src/inss-api/auth/keys'
import { openDatabase } from '../../src/inss-api/db/database'
import { startHarness } from './harness'

const log = pino({ level: 'silent' })
const folders: string[] = []
const folder = () => {
  folders.push(mkdtempSync(join(tmpdir(), 'inss-db-')))
  return folders.at(-1) ?? ''
}
afterAll(() => {
  for (const each of folders) rmSync(each, { recursive: true, force: true })
})

const refusal = (opening: Promise<unknown>): Promise<AppError> =>
  opening.then(
    () => {
      throw new Error('it opened')
    },
    (error) => error,
  )

describe('the data folder', () => {
  test('begins as the empty database of the build, which is never copied over one that is there', async () => {
    const dataFolder = folder()
    const files = join(dataFolder, 'pglite')
    copyEmptyDatabase(files)
    expect(existsSync(join(files, 'PG_VERSION'))).toBe(true)
    expect(readdirSync(dataFolder)).toEqual(['pglite'])
    rmSync(join(files, 'PG_VERSION'))
    copyEmptyDatabase(files)
    expect(existsSync(join(files, 'PG_VERSION'))).toBe(false)
  })

  test('in use by another opening is refused with one sentence, and is free again afterwards', async () => {
    const dataFolder = folder()
    const first = await openDatabase({ dataFolder, log })
    const error = await refusal(openDatabase({ dataFolder, log }))
    expect(error).toBeInstanceOf(AppError)
    expect([error.code, error.message]).toEqual([
      'config_invalid',
      `The data folder ${dataFolder} is in use by another process. Stop that process or choose another folder.`,
    ])
    await first.close()
    const second = await openDatabase({ dataFolder, log })
    await second.close()
  })

  test('held by another live process is refused, and taken over once that process died', async () => {
    const dataFolder = folder()
    const other = spawn('sleep', ['60'])
    const proc = `/proc/${other.pid}/stat`
    const stat = existsSync(proc) ? readFileSync(proc, 'utf8') : undefined
    const started = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
    writeFileSync(join(dataFolder, 'in-use.json'), JSON.stringify({ pid: other.pid, started }))
    expect((await refusal(openDatabase({ dataFolder, log }))).message).toContain(
      'is in use by another process',
    )
    const ended = new Promise((resolve) => other.on('exit', resolve))
    other.kill('SIGKILL')
    await ended
    const opened = await openDatabase({ dataFolder, log })
    await opened.close()
    expect(existsSync(join(dataFolder, 'in-use.json'))).toBe(false)
  })

  test('that is a file is refused with one sentence', async () => {
    const file = join(folder(), 'arquivo')
    writeFileSync(file, '')
    const error = await refusal(openDatabase({ dataFolder: file, log }))
    expect([error.code, error.message.includes('cannot be opened')]).toEqual(['config_invalid', true])
  })

  test('keeps the signing key', async () => {
    const dataFolder = folder()
    const first = await openDatabase({ dataFolder, log })
    const [one, other] = await Promise.all([
      loadSigningKey(first.db, new Date()),
      loadSigningKey(first.db, new Date()),
    ])
    await first.close()
    const second = await openDatabase({ dataFolder, log })
    const kept = await loadSigningKey(second.db, new Date())
    await second.close()
    expect([other.kid, kept.kid]).toEqual([one.kid, one.kid])
  })
})

test('a PostgreSQL that is not there is one sentence, without the password', async () => {
  const databaseUrl = 'postgres://inss:segredo@127.0.0.1:1/inss'
  const error = await refusal(openDatabase({ databaseUrl, dataFolder: folder(), log }))
  expect([error.code, error.message]).toEqual([
    'config_invalid',
    'The database of DATABASE_URL cannot be reached or prepared. Check its address, user and rights.',
  ])
})

test('a port that is taken is one sentence, and the data folder is left free', async () => {
  const api = await startHarness()
  const dataFolder = folder()
  const port = Number(new URL(api.running.api.url).port)
  const error = await refusal(startHarness({ port, dataFolder }))
  expect([error.code, error.message]).toEqual([
    'config_invalid',
    `The port ${port} of the INSS API is taken by another program.`,
  ])
  expect(existsSync(join(dataFolder, 'in-use.json'))).toBe(false)
  await api.stop()
})
