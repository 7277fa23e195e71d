import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '../../src/config'
import { AppError } from '../../src/errors'

const folder = () => mkdtempSync(join(tmpdir(), 'config-'))

function faults(environment: Record<string, string>): string {
  try {
    readConfig({ DATA_FOLDER: folder(), ...environment })
  } catch (error) {
    if (error instanceof AppError && error.code === 'config_invalid') return error.message
    throw error
  }
  return ''
}

describe('configuration', () => {
  it('needs nothing', () => {
    const config = readConfig({ DATA_FOLDER: folder() })
    expect(config).toMatchObject({
      port: 3978,
      inssApi: { port: 3979 },
      govbr: { port: 3980 },
      production: false,
    })
    expect(config.secretKey).toHaveLength(32)
  })

  it('takes an empty variable as unset', () => {
    expect(readConfig({ DATA_FOLDER: folder(), PORT: '', SANDBOX_DATA: '' }).port).toBe(3978)
  })

  it('makes its key once, for its owner only, and keeps it', () => {
    const data = folder()
    const first = readConfig({ DATA_FOLDER: data })
    const second = readConfig({ DATA_FOLDER: data })
    expect(second.secretKey).toEqual(first.secretKey)
    expect(second.inssApi.clientSecret).toBe(first.inssApi.clientSecret)
    expect(statSync(join(data, 'secret.key')).mode & 0o077).toBe(0)
  })

  it('derives a different secret for each purpose', () => {
    const { inssApi, govbr, directLineSecret } = readConfig({ DATA_FOLDER: folder() })
    expect(new Set([inssApi.clientSecret, govbr.clientSecret, directLineSecret]).size).toBe(3)
  })

  it('names every fault together', () => {
    const message = faults({ PORT: 'abc', GOVBR_ISSUER: 'gov.br', CLOCK_NOW: 'ontem', SECRET_KEY: 'curta' })
    for (const variable of ['PORT', 'GOVBR_ISSUER', 'CLOCK_NOW', 'SECRET_KEY'])
      expect(message).toContain(variable)
  })

  it('never says the value of a secret', () => {
    expect(faults({ SECRET_KEY: 'minha-chave-secreta', DIRECTLINE_SECRET: 'curtinho' })).not.toMatch(
      /minha|curtinho/,
    )
  })

  it.each([
    ['70000', 'PORT'],
    ['-1', 'PORT'],
    ['3978.5', 'PORT'],
  ])('refuses port %s', (value, variable) => {
    expect(faults({ PORT: value })).toContain(variable)
  })

  it('asks for what goes together', () => {
    expect(faults({ GOVBR_ISSUER: 'https://sso.acesso.gov.br/' })).toContain('GOVBR_CLIENT_SECRET')
    expect(faults({ INSS_API_URL: 'https://api.example/' })).toContain('INSS_API_CLIENT_SECRET')
  })

  it('refuses in production what only serves a demonstration', () => {
    const message = faults({ NODE_ENV: 'production', CLOCK_NOW: '2026-11-23T12:00:00Z' })
    for (const variable of [
      'CLOCK_NOW',
      'GOVBR_ISSUER',
      'DATABASE_URL',
      'REDIS_URL',
      'SECRET_KEY',
      'DIRECTLINE_SECRET',
      'PUBLIC_URL',
    ]) {
      expect(message).toContain(variable)
    }
  })

  it('accepts production when all is set', () => {
    const config = readConfig({
      NODE_ENV: 'production',
      DATA_FOLDER: folder(),
      GOVBR_ISSUER: 'https://sso.acesso.gov.br/',
      GOVBR_CLIENT_SECRET: 'um-segredo',
      DATABASE_URL: 'postgres://localhost/inss',
      REDIS_URL: 'redis://localhost',
      SECRET_KEY: 'ab'.repeat(32),
      DIRECTLINE_SECRET: 'um-segredo-comprido',
      PUBLIC_URL: 'https://assistente.example',
    })
    expect(config.production).toBe(true)
  })

  it('says when the data folder is a file, and when the kept key is not a key', () => {
    const data = folder()
    writeFileSync(join(data, 'file'), '')
    expect(faults({ DATA_FOLDER: join(data, 'file') })).toMatch(/DATA_FOLDER/)
    writeFileSync(join(data, 'secret.key'), 'nada')
    expect(faults({ DATA_FOLDER: data })).toMatch(/secret\.key does not hold a key/)
    expect(readFileSync(join(data, 'secret.key'), 'utf8')).toBe('nada')
  })

  it('says when the folder of citizens does not exist', () => {
    expect(faults({ SANDBOX_DATA: '/nowhere' })).toMatch(/SANDBOX_DATA/)
  })
})
