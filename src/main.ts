import { writeFileSync } from 'node:fs'
import { stringify } from 'yaml'
import { type Part, type Product, startProduct } from './app'
import type { TerminalLine } from './channels/terminal/channel'
import { civilDate } from './clock'
import { readConfig } from './config'
import { AppError } from './errors'
import { operate } from './operate'

/** Longer than a turn that waits for the INSS API; after it the process ends whatever is under way. */
const STOP_WITHIN_MS = 20_000

const consoleOff = 'off: agents need DATABASE_URL, and DESK_OIDC_ISSUER where the login sandbox is not used'

const say = (line: string) => process.stdout.write(`${line}\n`)

async function main(args: string[]): Promise<void> {
  const [command = 'all', ...options] = args
  const config = readConfig()
  if (command === 'chat') return chat(config, options)
  if (command === 'outbox' || command === 'bot') {
    await operate(command, options, config, say)
    process.exit(0)
  }
  if (command === 'audit') {
    const { verifyAudit } = require('./handoff/verify') as typeof import('./handoff/verify')
    process.exit(await verifyAudit(config, options, say))
  }
  const parts = partsOf(command)
  if (parts.length === 0) throw new AppError('config_invalid', { message: `unknown command ${command}` })
  const started = process.hrtime.bigint()
  const product = await startProduct(config, parts)
  const seconds = Number((process.hrtime.bigint() - started) / 1_000_000n) / 1000
  const { urls } = product
  say('')
  const front = urls.assistant ?? urls.gateway
  if (front !== undefined) say(`  Web chat       ${front}/`)
  if (front !== undefined) say(`  Direct Line    ${front}/v3/directline`)
  if (front !== undefined) say(`  Console        ${product.console ?? consoleOff}`)
  if (urls['inss-api'] !== undefined) say(`  INSS API       ${urls['inss-api']}/openapi.json`)
  if (urls['login-sandbox'] !== undefined) say(`  Login sandbox  ${urls['login-sandbox']}`)
  say('')
  const kept = config.redisUrl === undefined ? 'in memory and saved at stop' : 'in Redis'
  say(`  Ready in ${seconds.toFixed(1)} s. Conversations are kept ${kept}. Ctrl-C stops.`)
  stopOnSignal(product)
}

function partsOf(command: string): Part[] {
  if (command === 'all') return ['assistant', 'inss-api', 'login-sandbox']
  const parts: Part[] = ['assistant', 'gateway', 'worker', 'inss-api', 'login-sandbox']
  return parts.filter((part) => part === command)
}

/** A conversation in the terminal with everything embedded, on ports of its own. */
async function chat(config: ReturnType<typeof readConfig>, options: string[]): Promise<void> {
  const file = options[0] === '--save' ? options[1] : undefined
  const said: TerminalLine[] = []
  let ended: () => void = () => undefined
  const end = new Promise<void>((resolve) => {
    ended = resolve
  })
  const own = {
    ...config,
    port: 0,
    dataFolder: `${config.dataFolder}/chat`,
    inssApi: { ...config.inssApi, port: 0 },
    govbr: { ...config.govbr, port: 0 },
  }
  const product = await startProduct(own, ['assistant', 'inss-api', 'login-sandbox'], {
    input: process.stdin,
    output: process.stdout,
    onSaid: (line) => said.push(line),
    onEnd: () => ended(),
  })
  process.on('SIGINT', () => ended())
  await end
  await product.stop()
  if (file !== undefined) {
    writeFileSync(file, golden(said, civilDate(new Date(config.clockNow ?? Date.now()))))
    say(`\nSaved as ${file}`)
  }
  process.exit(0)
}

/** The conversation in the form the conversation tests read. */
function golden(said: TerminalLine[], on: string): string {
  const turns: ({ say: string; bot: string[] } | { open: true; bot: string[] })[] = [{ open: true, bot: [] }]
  for (const line of said) {
    if ('say' in line) turns.push({ say: line.say, bot: [] })
    else turns.at(-1)?.bot.push(line.bot)
  }
  return stringify({ name: 'describe what this conversation shows', on, turns }, { lineWidth: 0 })
}

function stopOnSignal(product: Product): void {
  let stopping = false
  const stop = () => {
    if (stopping) return
    stopping = true
    say('\n  Stopping: finishing what is under way…')
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref()
    product.stop().then(
      () => {
        say('  Stopped, nothing lost.')
        process.exit(0)
      },
      (error: unknown) => fail(error),
    )
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
}

/** One sentence for what the operator can mend; for a bug, where it happened. */
function fail(error: unknown): never {
  const operator = error instanceof AppError
  process.stderr.write(`${operator ? error.message : error instanceof Error ? error.stack : String(error)}\n`)
  process.exit(1)
}

main(process.argv.slice(2)).catch(fail)
