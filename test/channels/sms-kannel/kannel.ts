import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

const BEARERBOX = '/usr/sbin/bearerbox'
const SMSBOX = '/usr/sbin/smsbox'
const FAKESMSC = '/usr/lib/kannel/test/fakesmsc'
const USERNAME = 'assistente'
const PASSWORD = 'senha-de-teste'
const installed = [BEARERBOX, SMSBOX, FAKESMSC].every((file) => existsSync(file))

/** Like `describe`, for tests that need a real Kannel: skipped with a message without one, unless all must run. */
export function describeWithKannel(name: string, tests: () => void): void {
  if (installed || process.env.REQUIRE_SYSTEM_PACKAGES === '1') describe(name, tests)
  else describe.skip(`${name} (skipped: install kannel and kannel-extras to run these)`, tests)
}

/** An SMS as the telephone shows it: parts put together. */
export type Sms = { from: string; to: string; text: string; alphabet: 'gsm7' | 'ucs2'; parts: number }

export type Kannel = {
  sendSmsUrl: string
  username: string
  password: string
  /** The telephone writes to our number. */
  say(from: string, to: string, text: string): Promise<void>
  /** The same as several parts, which Kannel puts together. The network takes them as bytes of UTF-8. */
  sayInParts(from: string, to: string, parts: string[]): Promise<void>
  /** The next SMS that reaches the telephone. */
  nextSms(milliseconds?: number): Promise<Sms>
  /** What the programs logged: for saying why a test failed. */
  logged(): string
  stop(): Promise<void>
}

/**
 * A Kannel of this test's own, on free ports of loopback: bearerbox, smsbox, and the fakesmsc that comes with it as
 * the operator and the telephone.
 * @param getUrl where smsbox passes on what arrives, with Kannel's escapes
 */
export async function startKannel(options: { getUrl: string } | { postUrl: string }): Promise<Kannel> {
  const folder = mkdtempSync(join(tmpdir(), 'kannel-'))
  const [admin, smsbox, smsc, sendsms] = await freePorts(4)
  const file = join(folder, 'kannel.conf')
  const service = 'getUrl' in options ? `get-url = "${options.getUrl}"` : `post-url = "${options.postUrl}"`
  writeFileSync(file, configuration({ admin, smsbox, smsc, sendsms, service }))
  const programs: Program[] = []
  const killAll = () => {
    for (const program of programs) program.kill()
  }
  process.once('exit', killAll)
  const start = (command: string, args: string[], ready: string) => {
    const program = run(command, args, folder)
    programs.push(program)
    return program.says(ready).then(() => program)
  }
  const stop = async () => {
    // Telephone first, bearerbox last: each waits for those that are connected to it.
    for (const program of programs.reverse()) await program.stop()
    process.removeListener('exit', killAll)
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    const bearerbox = await start(BEARERBOX, [file], 'Start-up done, entering mainloop')
    await start(SMSBOX, [file], 'Connected to bearerbox')
    const phone = await start(
      FAKESMSC,
      ['-H', '127.0.0.1', '-r', String(smsc), '-i', '0.001'],
      'fakesmsc starting',
    )
    await bearerbox.says('Fakesmsc client connected')
    return {
      sendSmsUrl: `http://127.0.0.1:${sendsms}/cgi-bin/sendsms`,
      username: USERNAME,
      password: PASSWORD,
      ...telephone(phone),
      logged: () => programs.map((program) => program.log()).join('\n'),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Lines of docs/channels/sms.md, for an operator that is fakesmsc. */
function configuration(given: Record<'admin' | 'smsbox' | 'smsc' | 'sendsms' | 'service', unknown>): string {
  return `
group = core
admin-port = ${given.admin}
admin-interface = 127.0.0.1
admin-password = ${PASSWORD}
smsbox-port = ${given.smsbox}
box-deny-ip = "*.*.*.*"
box-allow-ip = "127.0.0.1"

group = smsc
smsc = fake
smsc-id = operadora
our-host = 127.0.0.1
port = ${given.smsc}
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = ${given.sendsms}
sendsms-interface = 127.0.0.1
http-request-retry = 5
http-queue-delay = 1

group = sendsms-user
username = ${USERNAME}
password = ${PASSWORD}
max-messages = 10
concatenation = true

group = sms-service
keyword = default
${given.service}
catch-all = true
concatenation = true
max-messages = 0
omit-empty = true
`
}

type Program = ReturnType<typeof run>

function run(command: string, args: string[], folder: string) {
  const child = spawn(command, args, { cwd: folder })
  let log = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      log += chunk
    })
  }
  child.once('error', (error) => {
    log += `${command}: ${error.message}`
  })
  // What is typed to a program that ended.
  child.stdin.on('error', () => undefined)
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  return {
    log: () => log,
    ended,
    type: (line: string) => child.stdin.write(line),
    async says(expected: string) {
      for (let tries = 0; tries < 500; tries += 1) {
        if (log.includes(expected)) return
        await wait(20)
      }
      throw new Error(`${command} did not say "${expected}":\n${log.slice(-3000)}`)
    },
    kill: () => child.kill('SIGKILL'),
    async stop() {
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), 5000)
      await ended
      clearTimeout(late)
    },
  }
}

/** fakesmsc typed to and read: the operator's side of Kannel and the telephone behind it. */
function telephone(program: Program): Pick<Kannel, 'say' | 'sayInParts' | 'nextSms'> {
  // fakesmsc looks for what it received when a line is typed, else once a second.
  const poke = setInterval(() => program.type('\n'), 50)
  void program.ended.then(() => clearInterval(poke))
  let typed = 0
  let reference = 0
  let read = 0

  async function type(line: string) {
    if (Buffer.byteLength(line) > 250) throw new Error('fakesmsc reads lines of up to 250 bytes')
    typed += 1
    program.type(`${line}\n`)
    await program.says(`fakesmsc: sent message ${typed}\n`)
  }

  return {
    say: (from, to, text) => type(`${from} ${to} text ${text}`),
    async sayInParts(from, to, parts) {
      reference += 1
      for (const [index, part] of parts.entries()) {
        const header = Buffer.from([5, 0, 3, reference, parts.length, index + 1])
        await type(`${from} ${to} udh ${percent(header)} ${percent(Buffer.from(part))}`)
      }
    },
    async nextSms(milliseconds = 20_000) {
      const late = Date.now() + milliseconds
      for (let before = -1; Date.now() < late; await wait(100)) {
        const log = program.log()
        const message = received(log)[read]
        // Lines of one message come one after the other.
        if (message !== undefined && log.length === before) {
          read += 1
          return message
        }
        before = log.length
      }
      throw new Error(`no SMS reached the telephone:\n${program.log().slice(-3000)}`)
    },
  }
}

/**
 * What fakesmsc printed as messages. `28041 +55… text Olá` (its other lines follow by themselves),
 * `28041 +55… ucs-2 %00O%00i`, and of several parts `28041 +55… udh %05%00%03%01%02%01 data Ol%C3%A1`.
 */
function received(log: string): Sms[] {
  const messages: Sms[] = []
  let bytes = Buffer.alloc(0)
  for (const [, line = ''] of log.matchAll(/Got message \d+: <(.*)>\n/g)) {
    const [, from = '', to = '', kind, rest = ''] = /^(\S+) (\S+) (text|ucs-2|udh) (.*)$/.exec(line) ?? []
    if (kind === undefined) {
      const last = messages.at(-1)
      if (last !== undefined) last.text += `\n${line}`
    } else if (kind === 'text') {
      messages.push({ from, to, text: rest, alphabet: 'gsm7', parts: 1 })
    } else if (kind === 'ucs-2') {
      messages.push({ from, to, ...decoded(unpercent(rest)), parts: 1 })
    } else {
      const [header = '', data = ''] = rest.split(' data ')
      const [, , , , parts = 0, part = 0] = unpercent(header)
      bytes = Buffer.concat([...(part === 1 ? [] : [bytes]), unpercent(data)])
      if (part === parts) messages.push({ from, to, ...decoded(bytes), parts })
    }
  }
  return messages
}

/** fakesmsc does not say the alphabet of a part: letters of ours have a zero byte in UCS-2 and never in GSM-7. */
function decoded(bytes: Buffer): Pick<Sms, 'text' | 'alphabet'> {
  return bytes.includes(0)
    ? { text: new TextDecoder('utf-16be').decode(bytes), alphabet: 'ucs2' }
    : { text: bytes.toString('utf8'), alphabet: 'gsm7' }
}

function percent(bytes: Buffer): string {
  return bytes.toString('hex').replace(/../g, '%$&')
}

function unpercent(text: string): Buffer {
  const bytes = text
    .replaceAll('+', ' ')
    .replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1')
}

async function freePorts(count: number): Promise<number[]> {
  const probes = Array.from({ length: count }, () => createServer())
  const ports: number[] = []
  for (const probe of probes) {
    await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
    ports.push((probe.address() as AddressInfo).port)
  }
  for (const probe of probes) await new Promise<void>((resolve) => probe.close(() => resolve()))
  return ports
}
