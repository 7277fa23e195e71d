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
    expect(faults({ DESK_OIDC_ISSUER: 'https://login.example/' })).toContain('DESK_OIDC_CLIENT_SECRET')
    expect(faults({ CHATWOOT_URL: 'https://chatwoot.example/', CHATWOOT_TOKEN: 'um-segredo' })).toBe(
      ['WEBHOOK_SECRET', 'ACCOUNT_ID', 'INBOX_ID']
        .map((name) => `CHATWOOT_${name}: required when CHATWOOT_URL is set`)
        .join('; '),
    )
  })

  it('lets agents log in at the sandbox only where citizens do', () => {
    const own = { GOVBR_ISSUER: 'https://sso.acesso.gov.br/', GOVBR_CLIENT_SECRET: 'um-segredo' }
    expect(readConfig({ DATA_FOLDER: folder() }).desk.oidc).toMatchObject({ clientId: 'atendimento' })
    expect(readConfig({ DATA_FOLDER: folder(), ...own }).desk.oidc).toBeUndefined()
    const login = { DESK_OIDC_ISSUER: 'https://login.example/', DESK_OIDC_CLIENT_SECRET: 'outro-segredo' }
    expect(readConfig({ DATA_FOLDER: folder(), ...own, ...login }).desk.oidc).toEqual({
      issuer: 'https://login.example/',
      clientId: 'atendimento',
      clientSecret: 'outro-segredo',
    })
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

  it.each([
    ['redis://localhost'],
    ['rediss://user:senha@redis.example:6380/2'],
    ['redis+cluster://a:7000,b:7001'],
    ['rediss+sentinel://a:26379,b:26379/conversas'],
  ])('takes Redis at %s', (url) => {
    expect(readConfig({ DATA_FOLDER: folder(), REDIS_URL: url }).redisUrl).toBe(url)
  })

  it.each([['localhost:6379'], ['http://localhost'], ['redis://'], ['redis+tls://x']])(
    'refuses Redis at %s in words',
    (url) => {
      const message = faults({ REDIS_URL: url })
      expect(message).toMatch(/^REDIS_URL: expected an address that starts with redis:\/\//)
    },
  )

  it('has a worker without a port unless one is given, and a spool of 256 megabytes', () => {
    const config = readConfig({ DATA_FOLDER: folder() })
    expect([config.workerPort, config.spoolMegabytes]).toEqual([undefined, 256])
    const set = readConfig({ DATA_FOLDER: folder(), WORKER_PORT: '3981', SPOOL_MEGABYTES: '1' })
    expect([set.workerPort, set.spoolMegabytes]).toEqual([3981, 1])
  })

  it.each([
    ['WORKER_PORT', '70000'],
    ['SPOOL_MEGABYTES', '0'],
    ['SPOOL_MEGABYTES', 'muitos'],
    ['WHATSAPP_MESSAGES_PER_SECOND', '0'],
    ['SMS_MESSAGES_PER_SECOND', '-1'],
    ['WHATSAPP_PHONE_NUMBER_ID', '+55 11'],
    ['WHATSAPP_RESUME_TEMPLATE', 'Retomar Conversa'],
    ['WHATSAPP_GRAPH_URL', 'graph.facebook.com'],
    ['KANNEL_WEBHOOK_SECRET', 'curto'],
    ['TWILIO_ACCOUNT_SID', 'AC123'],
    ['SPEECH_URL', 'whisper:8080'],
    ['WHATSAPP_WEB', 'yes'],
  ])('refuses %s=%s', (variable, value) => {
    expect(faults({ [variable]: value })).toContain(variable)
  })

  const whatsapp = {
    WHATSAPP_APP_SECRET: 'app-secret-of-tests',
    WHATSAPP_VERIFY_TOKEN: 'verify-token-of-tests',
    WHATSAPP_ACCESS_TOKEN: 'access-token-of-tests',
    WHATSAPP_PHONE_NUMBER_ID: '123456789012345',
  }
  const kannel = {
    KANNEL_SENDSMS_URL: 'http://127.0.0.1:13013/cgi-bin/sendsms',
    KANNEL_USERNAME: 'user-of-tests',
    KANNEL_PASSWORD: 'password-of-tests',
    KANNEL_FROM: '28000',
    KANNEL_WEBHOOK_SECRET: 'webhook-secret-of-tests',
  }
  const twilio = {
    TWILIO_ACCOUNT_SID: `AC${'0a'.repeat(16)}`,
    TWILIO_AUTH_TOKEN: 'auth-token-of-tests',
    TWILIO_FROM: '+5511900000000',
  }
  const botFramework = {
    BOT_FRAMEWORK_APP_ID: 'app-of-tests',
    BOT_FRAMEWORK_APP_PASSWORD: 'password-of-tests',
  }
  const groups: [string, Record<string, string>][] = [
    ['whatsappCloud', whatsapp],
    ['kannel', kannel],
    ['twilio', twilio],
    ['botFramework', botFramework],
  ]

  it('has no channel but the web unless it is set up', () => {
    const config = readConfig({ DATA_FOLDER: folder() })
    for (const [name] of groups) expect(config[name as keyof typeof config]).toBeUndefined()
    expect([config.whatsappWeb, config.speech]).toEqual([undefined, undefined])
  })

  it.each(groups)('has %s when all of it is set', (name, variables) => {
    const config = readConfig({ DATA_FOLDER: folder(), ...variables })
    const settings = config[name as keyof typeof config] as Record<string, unknown>
    expect(Object.values(settings)).toEqual(expect.arrayContaining(Object.values(variables)))
  })

  it.each(groups)('says each variable of %s that is missing, and never a value', (_name, variables) => {
    for (const missing of Object.keys(variables)) {
      const { [missing]: _left, ...rest } = variables
      const message = faults(rest)
      expect(message).toMatch(new RegExp(`^${missing}: required when [A-Z_]+ is set$`))
      for (const value of Object.values(variables)) expect(message).not.toContain(value)
    }
  })

  it('sends as many messages a second as it is told', () => {
    const paces = { WHATSAPP_MESSAGES_PER_SECOND: '20', SMS_MESSAGES_PER_SECOND: '2' }
    const config = readConfig({ DATA_FOLDER: folder(), ...whatsapp, ...kannel, ...twilio, ...paces })
    expect(config.whatsappCloud?.messagesPerSecond).toBe(20)
    expect([config.kannel?.messagesPerSecond, config.twilio?.messagesPerSecond]).toEqual([2, 2])
    const unset = readConfig({ DATA_FOLDER: folder(), ...whatsapp, ...kannel })
    expect([unset.whatsappCloud?.messagesPerSecond, unset.kannel?.messagesPerSecond]).toEqual([40, 10])
  })

  it('accepts the Emulator without credentials only when asked, and not in production', () => {
    expect(readConfig({ DATA_FOLDER: folder(), BOT_FRAMEWORK_EMULATOR: 'on' }).botFramework).toBe('emulator')
    expect(faults({ NODE_ENV: 'production', BOT_FRAMEWORK_EMULATOR: 'on' })).toContain(
      'BOT_FRAMEWORK_EMULATOR',
    )
  })

  it('links WhatsApp Web in production only for who accepts the risk', () => {
    expect(faults({ NODE_ENV: 'production', WHATSAPP_WEB: 'on' })).toContain('WHATSAPP_WEB')
    const accepted = { NODE_ENV: 'production', WHATSAPP_WEB: 'on', WHATSAPP_WEB_ACCEPT_RISK: 'yes' }
    expect(faults(accepted)).not.toContain('WHATSAPP_WEB')
    expect(readConfig({ DATA_FOLDER: folder(), WHATSAPP_WEB: 'on' }).whatsappWeb?.qrToken).toHaveLength(43)
  })

  it('wants a secret for the events of another INSS API in production', () => {
    const elsewhere = { NODE_ENV: 'production', INSS_API_URL: 'https://api.example/' }
    expect(faults(elsewhere)).toContain('INSS_EVENTS_SECRET')
    expect(faults({ ...elsewhere, INSS_EVENTS_SECRET: 'segredo-dos-eventos' })).not.toContain(
      'INSS_EVENTS_SECRET',
    )
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
