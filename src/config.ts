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

/** Every variable the product reads. Unset means what README's table says. */
const schema = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('warn'),
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
    .regex(/^rediss?:\/\//, 'an address that starts with redis:// or rediss://')
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
    publicUrl: values.PUBLIC_URL,
    trustProxy: values.TRUST_PROXY,
    dataFolder,
    redisUrl: values.REDIS_URL,
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
      databaseUrl: values.DATABASE_URL,
      sandboxData: values.SANDBOX_DATA,
    },
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
  if (values.PUBLIC_URL === undefined) faults.push('PUBLIC_URL: required in production, login returns to it')
  return faults
}

function halfSet(values: Values): string[] {
  const faults: string[] = []
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
