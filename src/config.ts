import { hkdfSync, randomBytes } from 'node:crypto'
import { accessSync, constants, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { AppError } from './errors'

export type Config = ReturnType<typeof readConfig>

const port = z.coerce.number('a port number').int().min(0).max(65535)
const url = z.url({ protocol: /^https?$/, message: 'an http or https address' })
const minutes = z.coerce
  .number('a number of minutes')
  .positive()
  .max(24 * 60)

const secret = z.string().min(8, 'at least 8 characters')
const perSecond = z.coerce.number('a number of messages a second').positive().max(100_000)

/** Every variable the product reads. Unset means what README's table says. */
const schema = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('warn'),
  WORKER_PORT: port.optional(),
  SPOOL_MEGABYTES: z.coerce.number('a number of megabytes').int().min(1).max(100_000).default(256),
  HOST: z.string().default('127.0.0.1'),
  PORT: port.default(3978),
  INSS_API_PORT: port.default(3979),
  LOGIN_SANDBOX_PORT: port.default(3980),
  PUBLIC_URL: url.optional(),
  TRUST_PROXY: z.coerce.number('a number of proxies').int().min(0).max(10).default(0),
  INSS_API_URL: url.optional(),
  INSS_API_CLIENT_ID: z.string().default('assistente'),
  INSS_API_CLIENT_SECRET: z.string().optional(),
  GOVBR_ISSUER: url.optional(),
  GOVBR_CLIENT_ID: z.string().default('assistente-meu-inss'),
  GOVBR_CLIENT_SECRET: z.string().optional(),
  REDIS_URL: z
    .string()
    .regex(
      /^rediss?(\+cluster|\+sentinel)?:\/\/\S+$/,
      'an address that starts with redis://, rediss://, redis+cluster:// or redis+sentinel://',
    )
    .optional(),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'an address that starts with postgres://')
    .optional(),
  DATA_FOLDER: z.string().default('data'),
  SANDBOX_DATA: z.string().optional(),
  CLOCK_NOW: z.iso
    .datetime({ offset: true, message: 'an ISO instant such as 2026-11-23T12:00:00Z' })
    .optional(),
  SECRET_KEY: z
    .string()
    .regex(/^[0-9a-f]{64}$/i, '64 hexadecimal digits')
    .optional(),
  DIRECTLINE_SECRET: z.string().min(16, 'at least 16 characters').optional(),
  SESSION_IDLE_MINUTES: minutes.default(30),
  LOGIN_LINK_MINUTES: minutes.default(10),
  INSS_API_TIMEOUT_MS: z.coerce.number('a number of milliseconds').int().min(100).max(60_000).default(8000),
  INSS_EVENTS_SECRET: secret
    .refine((text) => !text.startsWith('whsec_') || /^whsec_[A-Za-z0-9+/]{24,}={0,2}$/.test(text), {
      message: 'base64 after whsec_, or any other text',
    })
    .optional(),
  WHATSAPP_APP_SECRET: secret.optional(),
  WHATSAPP_VERIFY_TOKEN: secret.optional(),
  WHATSAPP_ACCESS_TOKEN: secret.optional(),
  WHATSAPP_PHONE_NUMBER_ID: z
    .string()
    .regex(/^\d{5,30}$/, 'the number of digits Meta shows')
    .optional(),
  WHATSAPP_GRAPH_URL: url.default('https://graph.facebook.com/v25.0'),
  WHATSAPP_MESSAGES_PER_SECOND: perSecond.default(40),
  WHATSAPP_RESUME_TEMPLATE: z
    .string()
    .regex(/^[a-z0-9_]{1,512}$/, 'the name of a template')
    .default('retomar_conversa'),
  WHATSAPP_WEB: z.enum(['on', 'off']).default('off'),
  WHATSAPP_WEB_ACCEPT_RISK: z.enum(['yes', 'no']).default('no'),
  CHROMIUM_PATH: z.string().default('/usr/bin/chromium'),
  KANNEL_SENDSMS_URL: url.optional(),
  KANNEL_USERNAME: z.string().optional(),
  KANNEL_PASSWORD: z.string().optional(),
  KANNEL_FROM: z.string().max(20).optional(),
  KANNEL_WEBHOOK_SECRET: z
    .string()
    .regex(/^[\w-]{16,100}$/, 'at least 16 letters or digits')
    .optional(),
  KANNEL_WEBHOOK_URL: url.optional(),
  TWILIO_ACCOUNT_SID: z
    .string()
    .regex(/^AC[0-9a-f]{32}$/i, 'AC and 32 hexadecimal digits')
    .optional(),
  TWILIO_AUTH_TOKEN: secret.optional(),
  TWILIO_FROM: z.string().max(40).optional(),
  TWILIO_API_URL: url.default('https://api.twilio.com'),
  SMS_MESSAGES_PER_SECOND: perSecond.default(10),
  SPEECH_URL: url.optional(),
  SPEECH_TOKEN: z.string().optional(),
  SPEECH_MODEL: z.string().default('whisper-1'),
  DESK_OIDC_ISSUER: url.optional(),
  DESK_OIDC_CLIENT_ID: z.string().default('atendimento'),
  DESK_OIDC_CLIENT_SECRET: z.string().optional(),
  DESK_IDLE_MINUTES: minutes.default(15),
  DESK_ANSWER_MINUTES: minutes.default(3),
  DESK_REPLY_MINUTES: minutes.default(5),
  DESK_MOST_WAIT_MINUTES: minutes.default(60),
  DESK_SLA_MINUTES: minutes.default(5),
  DESK_CALLBACK_MINUTES: minutes.default(240),
  DESK_CAPACITY: z.coerce.number('a number of conversations').int().min(1).max(50).default(4),
  CHATWOOT_URL: url.optional(),
  CHATWOOT_TOKEN: secret.optional(),
  CHATWOOT_WEBHOOK_SECRET: secret.optional(),
  CHATWOOT_ACCOUNT_ID: z.coerce.number('the number of an account').int().min(1).optional(),
  CHATWOOT_INBOX_ID: z.coerce.number('the number of an inbox').int().min(1).optional(),
  BOT_FRAMEWORK_APP_ID: z.string().optional(),
  BOT_FRAMEWORK_APP_PASSWORD: z.string().optional(),
  BOT_FRAMEWORK_TENANT_ID: z.string().optional(),
  HANDOFF_EVENTS: z.enum(['on', 'off']).default('off'),
  BOT_FRAMEWORK_EMULATOR: z.enum(['on', 'off']).default('off'),
})

/**
 * The configuration, from the only place that reads the environment.
 * @throws AppError `config_invalid` whose message names every fault together, and never the value of a secret
 */
export function readConfig(environment: Record<string, string | undefined> = process.env) {
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const parsed = schema.safeParse(set)
  const faults = parsed.success
    ? []
    : parsed.error.issues.map((issue) => `${issue.path.join('.')}: expected ${plain(issue)}`)
  const values = parsed.success ? parsed.data : undefined
  if (values?.NODE_ENV === 'production') faults.push(...unsafeInProduction(values))
  if (values !== undefined) faults.push(...halfSet(values))
  const dataFolder = resolve(values?.DATA_FOLDER ?? 'data')
  const folderFault = values === undefined ? undefined : openFolder(dataFolder)
  if (folderFault !== undefined) faults.push(folderFault)
  if (values === undefined || faults.length > 0) {
    throw new AppError('config_invalid', { message: faults.join('; ') })
  }
  const secretKey =
    values.SECRET_KEY === undefined ? keptKey(dataFolder) : Buffer.from(values.SECRET_KEY, 'hex')
  return {
    production: values.NODE_ENV === 'production',
    logLevel: values.LOG_LEVEL,
    host: values.HOST,
    port: values.PORT,
    workerPort: values.WORKER_PORT,
    spoolMegabytes: values.SPOOL_MEGABYTES,
    publicUrl: values.PUBLIC_URL,
    trustProxy: values.TRUST_PROXY,
    dataFolder,
    redisUrl: values.REDIS_URL,
    databaseUrl: values.DATABASE_URL,
    clockNow: values.CLOCK_NOW,
    secretKey,
    directLineSecret: values.DIRECTLINE_SECRET ?? derived(secretKey, 'directline'),
    sessionIdleMinutes: values.SESSION_IDLE_MINUTES,
    loginLinkMinutes: values.LOGIN_LINK_MINUTES,
    inssApi: {
      port: values.INSS_API_PORT,
      url: values.INSS_API_URL,
      clientId: values.INSS_API_CLIENT_ID,
      clientSecret: values.INSS_API_CLIENT_SECRET ?? derived(secretKey, 'inss-api-client'),
      timeoutMs: values.INSS_API_TIMEOUT_MS,
      sandboxData: values.SANDBOX_DATA,
      deskSecret: derived(secretKey, 'inss-desk'),
      eventsSecret: values.INSS_EVENTS_SECRET ?? derived(secretKey, 'inss-events'),
    },
    whatsappCloud: complete({
      appSecret: values.WHATSAPP_APP_SECRET,
      verifyToken: values.WHATSAPP_VERIFY_TOKEN,
      accessToken: values.WHATSAPP_ACCESS_TOKEN,
      phoneNumberId: values.WHATSAPP_PHONE_NUMBER_ID,
      graphUrl: values.WHATSAPP_GRAPH_URL,
      messagesPerSecond: values.WHATSAPP_MESSAGES_PER_SECOND,
      resumeTemplate: values.WHATSAPP_RESUME_TEMPLATE,
    }),
    whatsappWeb:
      values.WHATSAPP_WEB === 'on'
        ? { chromiumPath: values.CHROMIUM_PATH, qrToken: derived(secretKey, 'whatsapp-web-qr') }
        : undefined,
    kannel: complete({
      sendSmsUrl: values.KANNEL_SENDSMS_URL,
      username: values.KANNEL_USERNAME,
      password: values.KANNEL_PASSWORD,
      from: values.KANNEL_FROM,
      webhookSecret: values.KANNEL_WEBHOOK_SECRET,
      messagesPerSecond: values.SMS_MESSAGES_PER_SECOND,
    }),
    /** Where Kannel reaches us for delivery reports, when that is not the public address. */
    kannelWebhookUrl: values.KANNEL_WEBHOOK_URL,
    twilio: complete({
      accountSid: values.TWILIO_ACCOUNT_SID,
      authToken: values.TWILIO_AUTH_TOKEN,
      from: values.TWILIO_FROM,
      apiUrl: values.TWILIO_API_URL,
      messagesPerSecond: values.SMS_MESSAGES_PER_SECOND,
    }),
    speech:
      values.SPEECH_URL === undefined
        ? undefined
        : { url: values.SPEECH_URL, token: values.SPEECH_TOKEN, model: values.SPEECH_MODEL },
    botFramework: botFrameworkOf(values),
    desk: {
      oidc: deskLoginOf(values, secretKey),
      idleMinutes: values.DESK_IDLE_MINUTES,
      /** Another desk takes conversations by Bot Framework's handoff events. */
      handoffEvents: values.HANDOFF_EVENTS === 'on',
      answerMinutes: values.DESK_ANSWER_MINUTES,
      replyMinutes: values.DESK_REPLY_MINUTES,
      mostWaitMinutes: values.DESK_MOST_WAIT_MINUTES,
      slaMinutes: values.DESK_SLA_MINUTES,
      callbackMinutes: values.DESK_CALLBACK_MINUTES,
      capacity: values.DESK_CAPACITY,
    },
    chatwoot: complete({
      url: values.CHATWOOT_URL,
      token: values.CHATWOOT_TOKEN,
      webhookSecret: values.CHATWOOT_WEBHOOK_SECRET,
      accountId: values.CHATWOOT_ACCOUNT_ID,
      inboxId: values.CHATWOOT_INBOX_ID,
    }),
    govbr: {
      port: values.LOGIN_SANDBOX_PORT,
      issuer: values.GOVBR_ISSUER,
      clientId: values.GOVBR_CLIENT_ID,
      clientSecret: values.GOVBR_CLIENT_SECRET ?? derived(secretKey, 'govbr-client'),
    },
  }
}

type Values = z.infer<typeof schema>

/** Defaults that serve a demonstration and nothing else. */
function unsafeInProduction(values: Values): string[] {
  const faults: string[] = []
  if (values.CLOCK_NOW !== undefined) faults.push('CLOCK_NOW: refused in production, time must be real')
  if (values.GOVBR_ISSUER === undefined)
    faults.push('GOVBR_ISSUER: required in production, the login sandbox is for demonstrations')
  if (values.INSS_API_URL === undefined && values.DATABASE_URL === undefined) {
    faults.push('DATABASE_URL: required in production when the INSS API is embedded')
  }
  if (values.REDIS_URL === undefined) {
    faults.push('REDIS_URL: required in production, a killed process would lose conversations kept in memory')
  }
  if (values.SECRET_KEY === undefined) faults.push('SECRET_KEY: required in production')
  if (values.DIRECTLINE_SECRET === undefined) faults.push('DIRECTLINE_SECRET: required in production')
  if (values.WHATSAPP_WEB === 'on' && values.WHATSAPP_WEB_ACCEPT_RISK !== 'yes') {
    faults.push(
      'WHATSAPP_WEB: refused in production, WhatsApp may ban the number; WHATSAPP_WEB_ACCEPT_RISK=yes accepts that',
    )
  }
  if (values.BOT_FRAMEWORK_EMULATOR === 'on') {
    faults.push('BOT_FRAMEWORK_EMULATOR: refused in production, it lets anyone speak without credentials')
  }
  if (values.INSS_API_URL !== undefined && values.INSS_EVENTS_SECRET === undefined) {
    faults.push('INSS_EVENTS_SECRET: required in production when INSS_API_URL is set')
  }
  if (values.PUBLIC_URL === undefined) faults.push('PUBLIC_URL: required in production, login returns to it')
  return faults
}

/** Variables that turn something on together. */
const groups = [
  ['WHATSAPP_APP_SECRET', 'WHATSAPP_VERIFY_TOKEN', 'WHATSAPP_ACCESS_TOKEN', 'WHATSAPP_PHONE_NUMBER_ID'],
  ['KANNEL_SENDSMS_URL', 'KANNEL_USERNAME', 'KANNEL_PASSWORD', 'KANNEL_FROM', 'KANNEL_WEBHOOK_SECRET'],
  ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'TWILIO_FROM'],
  ['BOT_FRAMEWORK_APP_ID', 'BOT_FRAMEWORK_APP_PASSWORD'],
  ['DESK_OIDC_ISSUER', 'DESK_OIDC_CLIENT_SECRET'],
  ['CHATWOOT_URL', 'CHATWOOT_TOKEN', 'CHATWOOT_WEBHOOK_SECRET', 'CHATWOOT_ACCOUNT_ID', 'CHATWOOT_INBOX_ID'],
] as const

function halfSet(values: Values): string[] {
  const faults: string[] = groups.flatMap((group) => {
    const set = group.filter((name) => values[name] !== undefined)
    const missing = group.filter((name) => values[name] === undefined)
    return set.length === 0 ? [] : missing.map((name) => `${name}: required when ${set[0]} is set`)
  })
  if (values.GOVBR_ISSUER !== undefined && values.GOVBR_CLIENT_SECRET === undefined) {
    faults.push('GOVBR_CLIENT_SECRET: required when GOVBR_ISSUER is set')
  }
  if (values.INSS_API_URL !== undefined && values.INSS_API_CLIENT_SECRET === undefined) {
    faults.push('INSS_API_CLIENT_SECRET: required when INSS_API_URL is set')
  }
  if (values.SANDBOX_DATA !== undefined && !existsSync(values.SANDBOX_DATA)) {
    faults.push('SANDBOX_DATA: the folder does not exist')
  }
  return faults
}

/** The settings when every one is there, else undefined. */
function complete<T extends object>(settings: T): { [K in keyof T]-?: Exclude<T[K], undefined> } | undefined {
  const missing = Object.values(settings).includes(undefined)
  return missing ? undefined : (settings as { [K in keyof T]-?: Exclude<T[K], undefined> })
}

function botFrameworkOf(
  values: Values,
): 'emulator' | { appId: string; appPassword: string; tenantId?: string } | undefined {
  const { BOT_FRAMEWORK_APP_ID: appId, BOT_FRAMEWORK_APP_PASSWORD: appPassword } = values
  if (appId !== undefined && appPassword !== undefined) {
    const tenantId = values.BOT_FRAMEWORK_TENANT_ID
    return { appId, appPassword, ...(tenantId !== undefined && { tenantId }) }
  }
  // The emulator on the same machine speaks without credentials.
  return values.BOT_FRAMEWORK_EMULATOR === 'on' ? 'emulator' : undefined
}

/** How agents log in: their own provider, or the sandbox while citizens use it too; else there is no console. */
function deskLoginOf(
  values: Values,
  secretKey: Buffer,
): { clientId: string; clientSecret: string; issuer?: string } | undefined {
  const { DESK_OIDC_ISSUER: issuer, DESK_OIDC_CLIENT_ID: clientId, DESK_OIDC_CLIENT_SECRET } = values
  const clientSecret = DESK_OIDC_CLIENT_SECRET ?? derived(secretKey, 'desk-client')
  if (issuer !== undefined) return { issuer, clientId, clientSecret }
  return values.GOVBR_ISSUER === undefined ? { clientId, clientSecret } : undefined
}

function plain(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_value') return `one of ${issue.values.join(', ')}`
  return issue.message.replace(/^Invalid input: expected /, '')
}

function openFolder(folder: string): string | undefined {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    if (!statSync(folder).isDirectory()) return `DATA_FOLDER: ${folder} is not a folder`
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK)
    return undefined
  } catch {
    return `DATA_FOLDER: ${folder} cannot be read and written`
  }
}

/** A key made once and kept beside the data it protects: enough for one machine, refused in production. */
function keptKey(dataFolder: string): Buffer {
  const file = join(dataFolder, 'secret.key')
  if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString('hex'), { mode: 0o600 })
  const hex = readFileSync(file, 'utf8').trim()
  if (!/^[0-9a-f]{64}$/.test(hex)) {
    throw new AppError('config_invalid', { message: `${file} does not hold a key of 64 hexadecimal digits` })
  }
  return Buffer.from(hex, 'hex')
}

/** A secret for one purpose, from the one key: stable over restarts, useless for any other purpose. */
function derived(key: Buffer, purpose: string): string {
  return Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), purpose, 32)).toString('base64url')
}
