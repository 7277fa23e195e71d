import http from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import pino from 'pino'
import {
  type BotFrameworkOptions,
  createBotFrameworkChannel,
} from '../../../src/channels/bot-framework/channel'
import type { Inbound, Outbound } from '../../../src/message'

export const APP = {
  appId: '4b1c9f5e-0000-4000-8000-000000000001',
  appPassword: 'app-password-of-tests',
}
export const CHANNEL_ISSUER = 'https://api.botframework.com'
export const EMULATOR_TENANT = 'd6d49420-f39b-4df7-a1dc-d59a935871db'

export type Call = { method: string; path: string; authorization: string | undefined; body: string }
export type Answer = { status: number; headers?: Record<string, string>; body?: unknown; hang?: boolean }

/** A server of this machine that notes what it is asked and answers by `answer`. */
export async function startStub(answer: (call: Call) => Answer) {
  const calls: Call[] = []
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const call: Call = {
        method: request.method ?? '',
        path: request.url ?? '',
        authorization: request.headers.authorization,
        body: Buffer.concat(chunks).toString(),
      }
      calls.push(call)
      const { status, headers, body, hang } = answer(call)
      if (hang === true) return
      if (status === 0) {
        request.socket.destroy()
        return
      }
      response.writeHead(status, { 'content-type': 'application/json', ...headers })
      response.end(JSON.stringify(body ?? {}))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(resolve)
      }),
  }
}

const pairs = Promise.all([generateKeyPair('RS256'), generateKeyPair('RS256')])

/** The keys of Azure Bot Service, and of somebody who only says to be it. */
export async function startKeys() {
  const [real, forged] = await pairs
  const jwk = { ...(await exportJWK(real.publicKey)), kid: 'key-1', use: 'sig' }
  let up = true
  const stub = await startStub(({ path }) => {
    if (!up) return { status: 500 }
    if (path.endsWith('/keys/emulator')) return { status: 200, body: { keys: [jwk] } }
    if (path.endsWith('/keys/channel')) {
      return { status: 200, body: { keys: [{ ...jwk, endorsements: ['msteams', 'webchat'] }] } }
    }
    return {
      status: 200,
      body: { issuer: CHANNEL_ISSUER, jwks_uri: `${stub.url}${path.replace('metadata', 'keys')}` },
    }
  })
  return {
    stop: stub.stop,
    fail: () => {
      up = false
    },
    channelMetadataUrl: `${stub.url}/metadata/channel`,
    emulatorMetadataUrl: `${stub.url}/metadata/emulator`,
    /** botbuilder goes by the real time; `seconds` is how long the token still lives. */
    token(claims: object, { seconds = 600, key = real, kid = 'key-1' } = {}): Promise<string> {
      const now = Math.floor(Date.now() / 1000)
      return new SignJWT({ iss: CHANNEL_ISSUER, aud: APP.appId, ...claims })
        .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid })
        .setNotBefore(now - 3600)
        .setExpirationTime(now + seconds)
        .sign(key.privateKey)
    },
    forged,
  }
}

export async function startChannel(options: Partial<BotFrameworkOptions> = {}) {
  const lines: string[] = []
  const heard: Inbound[] = []
  const seen = new Set<string>()
  const channel = createBotFrameworkChannel({
    credentials: 'emulator',
    secretKey: Buffer.alloc(32, 7),
    receive: async (message) => {
      if (seen.has(message.id)) return 'duplicate'
      seen.add(message.id)
      heard.push(message)
      return 'stored'
    },
    clock: { now: () => new Date('2026-11-23T15:00:00.000Z') },
    log: pino({ level: 'trace', base: null }, { write: (line: string) => lines.push(line) }),
    ...options,
  })
  const app = express()
  if (channel.router) app.use(channel.router)
  const server = http.createServer(app)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/messages`
  return {
    channel,
    url,
    heard,
    logged: () => lines.join('\n'),
    post: (body: unknown, headers: Record<string, string> = {}) =>
      fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(resolve)
      }),
  }
}

/** What the Emulator posts; another channel by `channelId`. */
export function activity(serviceUrl: string, more: object = {}) {
  return {
    type: 'message',
    id: 'activity-1',
    timestamp: '2026-11-23T15:00:00.000Z',
    channelId: 'emulator',
    serviceUrl,
    from: { id: 'user-maria', name: 'Maria' },
    recipient: { id: 'bot-inss', name: 'INSS' },
    conversation: { id: 'conv-5511900000001' },
    text: 'quero ver meu pagamento',
    ...more,
  }
}

export function outbound(inbound: Inbound, more: Partial<Outbound> = {}): Outbound {
  return {
    id: 'reply-1',
    conversationId: inbound.conversationId,
    channel: 'bot-framework',
    at: '2026-11-23T15:00:01.000Z',
    text: 'Você quer ver o pagamento deste mês?',
    outcome: 'asked',
    replyTo: inbound.id,
    ...more,
  }
}
