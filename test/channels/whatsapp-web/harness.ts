import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import express from 'express'
import pino from 'pino'
import { createAddresses } from '../../../src/channels/address'
import { createWhatsAppWebChannel, type WhatsAppWebOptions } from '../../../src/channels/whatsapp-web/channel'
import type { Inbound, Outbound, Receipt } from '../../../src/message'

export const CHROMIUM = '/usr/bin/chromium'
export const QR_TOKEN = 'access-code-of-tests'
export const SECRET_KEY = Buffer.alloc(32, 7)

/**
 * Like `describe`, for tests that need a real Chromium: skipped with a message without one, unless all must run.
 */
export function describeWithChromium(name: string, tests: () => void): void {
  if (existsSync(CHROMIUM) || process.env.REQUIRE_SYSTEM_PACKAGES === '1') describe(name, tests)
  else describe.skip(`${name} (skipped: install chromium to run these)`, tests)
}

export type Link = Awaited<ReturnType<typeof startLink>>

/** The channel with a real browser, its pages on a server, and all it hands over kept. */
export async function startLink(options: Partial<WhatsAppWebOptions> = {}) {
  const folder = options.sessionFolder ?? mkdtempSync(join(tmpdir(), 'whatsapp-web-'))
  const received: Inbound[] = []
  const receipts: Receipt[] = []
  const said: string[] = []
  const logged: string[] = []
  const states: string[] = []
  const faults: unknown[] = []
  const onFault = (fault: unknown) => void faults.push(fault)
  process.on('unhandledRejection', onFault)
  const app = express()
  const server = createServer(app)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const channel = createWhatsAppWebChannel({
    chromiumPath: CHROMIUM,
    sessionFolder: folder,
    secretKey: SECRET_KEY,
    qrToken: QR_TOKEN,
    publicUrl: url,
    receive: async (message) => {
      received.push(message)
      return 'stored'
    },
    takeReceipt: async (receipt) => void receipts.push(receipt),
    clock: { now: () => new Date() },
    log: pino(
      { level: 'trace', base: null },
      {
        write(line: string) {
          logged.push(line)
          const { msg, state } = JSON.parse(line) as { msg: string; state?: string }
          if (msg === 'whatsapp-web: the link moved' && state !== undefined) states.push(state)
        },
      },
    ),
    say: (line) => void said.push(line),
    ...options,
    limits: { firstWaitMs: 100, longestWaitMs: 1_000, syncGraceMs: 500, ...options.limits },
  })
  if (channel.router !== undefined) app.use(channel.router)
  return {
    channel,
    addresses: createAddresses('whatsapp-web', SECRET_KEY),
    url,
    folder,
    received,
    receipts,
    said,
    states,
    faults,
    logged: () => logged.join(''),
    /** Process ids of the browsers on this link's profile. */
    browsers: () => browsersOn(folder),
    /** Chromium's crash handler, a process apart, ends a moment after it. @throws Error when a process stays */
    noBrowser: () =>
      until(
        () => browsersOn(folder).length === 0,
        2_000,
        () => browsersOn(folder),
      ),
    send: (text: string, address: string | undefined, more: Partial<Outbound> = {}) =>
      channel.send(outbound(text, more), address === undefined ? {} : { address }),
    async stop(): Promise<void> {
      await channel.stop?.()
      process.off('unhandledRejection', onFault)
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

export function outbound(text: string, more: Partial<Outbound> = {}): Outbound {
  return {
    id: 'reply-1',
    conversationId: 'conversation-1',
    channel: 'whatsapp-web',
    at: new Date().toISOString(),
    text,
    outcome: 'answered',
    ...more,
  }
}

/** Waits until something is so. @throws Error when it is not in time, with what was found instead */
export async function until<T>(
  what: () => T | undefined | false,
  milliseconds = 15_000,
  otherwise: () => unknown = () => '',
): Promise<T> {
  const end = Date.now() + milliseconds
  for (;;) {
    const found = what()
    if (found !== undefined && found !== false) return found
    if (Date.now() > end) throw new Error(`not in time: ${what.toString()} ${JSON.stringify(otherwise())}`)
    await wait(20)
  }
}

function browsersOn(folder: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder)
      } catch {
        return false
      }
    })
    .map(Number)
}
