import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import { parse, stringify } from 'yaml'
import { z } from 'zod'
import { createBot } from '../../src/bot'
import type { Channel } from '../../src/channels/channel'
import { brasiliaTime, civilDate } from '../../src/clock'
import { AppError } from '../../src/errors'
import { createInssClient } from '../../src/inss/client'
import { createInssEvents } from '../../src/inss/events'
import { defaultCitizensFolder, loadCitizens } from '../../src/inss-api/sandbox/index'
import { createLog } from '../../src/log'
import type { Inbound, InboundContent, Outbound } from '../../src/message'
import { loadUnderstanding } from '../../src/nlu/index'
import { createNotices } from '../../src/notices/notices'
import { createMemoryStore } from '../../src/store/memory'
import type { Work } from '../../src/store/store'
import { takeTurn } from '../../src/turn'
import { basic, client, desk, startHarness } from '../inss-api/harness'
import { deskStep, openPeople, peopleOfScript } from './people'

const turn = z.strictObject({
  open: z.literal(true).optional(),
  say: z.string().optional(),
  /** The same person, on a second telephone of theirs: another conversation, by SMS. */
  elsewhere: z.literal(true).optional(),
  /** Presses a choice of the last question. */
  press: z.string().optional(),
  /** Presses a choice of the question before the last one, as a late tap does. */
  pressOld: z.string().optional(),
  /** Finishes the login as this synthetic citizen. */
  login: z.string().optional(),
  loginFails: z.enum(['expired', 'denied', 'level', 'used', 'unavailable', 'other_person']).optional(),
  /** The session ends on its own. */
  sessionEnds: z.literal(true).optional(),
  unsupported: z.enum(['audio', 'image', 'video', 'sticker', 'document', 'location', 'other']).optional(),
  /** A person at the INSS writes this into the citizen's newest request. */
  inss: z
    .strictObject({ status: z.enum(['in_analysis', 'needs_document', 'denied']), text: z.string() })
    .optional(),
  /** What people who can take over do, or what becomes of their desk. */
  desk: deskStep.optional(),
  /** The assistant is turned off, or on again. */
  assistant: z.enum(['off', 'on']).optional(),
  /** What an agent sees of it now. */
  seen: z.array(z.string()).optional(),
  /** Time passes until this instant. */
  until: z.string().optional(),
  /** What the INSS API does from here on. */
  api: z.enum(['up', 'down', 'slow', 'rubbish']).optional(),
  bot: z.array(z.string()).optional(),
  outcome: z.string().optional(),
})
const conversation = z.strictObject({
  name: z.string(),
  on: z.string().optional(),
  /** Where it is held; by default in the chat of the site. */
  channel: z.enum(['whatsapp-cloud', 'sms-kannel']).optional(),
  /** People who can take over; by default there are none. */
  people: peopleOfScript.optional(),
  turns: z.array(turn),
})
type Turn = z.infer<typeof turn>
export type Conversation = z.infer<typeof conversation>

const folder = __dirname

/** In the order they are played: last those in which the INSS does something, which others would see there. */
export function conversationFiles(): string[] {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .sort()
  const leavesTraces = (file: string) => file.startsWith('avisos.')
  return [...files.filter((file) => !leavesTraces(file)), ...files.filter(leavesTraces)]
}

export function readConversation(file: string): Conversation {
  return conversation.parse(parse(readFileSync(resolve(folder, file), 'utf8')))
}

export function writeConversation(file: string, value: Conversation): void {
  writeFileSync(join(folder, file), stringify(value, { lineWidth: 0 }))
}

/** The check code of a notice, which comes of the event's id; the example in a question stays. */
const CODE = /(?<=Código deste aviso: )[A-Z0-9]{4}-[A-Z0-9]{4}/

/** Protocols and new benefit numbers are given out by chance, and the pay day goes by the number. */
function masked(text: string): string {
  return text
    .replace(/\b\d{9,12}\b/g, '<número>')
    .replace(CODE, '<código>')
    .replace(/Primeiro pagamento: \d{2}\/\d{2}\/\d{4}( \([\p{L}-]+\))?/gu, 'Primeiro pagamento: <dia>')
}

/** One reply as the person sees it: text, then the button of a page, then the choices. */
function shown(message: Outbound): string {
  const link = message.link === undefined ? [] : [`→ ${message.link.title}`]
  const choices =
    message.choices === undefined ? [] : [message.choices.map((choice) => `[${choice.title}]`).join(' ')]
  return [masked(message.text), ...link, ...choices].join('\n')
}

/** The whole assistant but the channels, over the real INSS API; only the browser part of the login is played. */
export async function startConversations() {
  const inssApi = await startHarness({ eventsEveryMs: 20 })
  const understand = loadUnderstanding()
  const bot = createBot(understand)
  const proxy = await startProxy(inssApi.running.api.url)
  const citizens = new Map(
    loadCitizens(defaultCitizensFolder, civilDate(inssApi.clock.now())).map((citizen) => [
      citizen.cpf,
      citizen,
    ]),
  )
  let played = 0

  /** @param over the channel it is held over, and who hears each message as it leaves; by default bare, as on the web */
  async function play(
    script: Conversation,
    over: { channel?: Channel; onReply?: (message: Outbound, turn: number) => void } = {},
  ): Promise<Conversation> {
    played += 1
    const first = `c${played}`
    let conversationId = first
    inssApi.clock.set(script.on ?? '2026-11-23T15:00:00.000Z')
    proxy.mode = 'up'
    const log = createLog({ level: 'silent' })
    const store = createMemoryStore({ clock: inssApi.clock })
    const people =
      script.people && (await openPeople(store, inssApi.clock, script.people, () => over.channel))
    let off = false
    // Short only where the answer never comes, so that a busy machine changes no conversation.
    const timeoutMs = script.turns.some((turn) => turn.api === 'slow') ? 1500 : 8000
    const inss = createInssClient({ url: proxy.url, timeoutMs })
    let session: { cpf: string; token: string; name: string; level: 'bronze' | 'silver' | 'gold' } | undefined
    let failure: string | undefined
    let count = 0
    const questions: string[] = []
    let code = ''
    const ownChannel = over.channel?.id ?? script.channel ?? 'web'
    let channel = ownChannel
    const login = {
      session: async () =>
        session && {
          firstName: session.name,
          level: session.level,
          personRef: `ref-${session.cpf.slice(-4)}`,
        },
      token: async () => {
        if (session === undefined) throw new AppError('login_required')
        return session.token
      },
      link: async () => ({ url: 'http://localhost:3978/entrar/exemplo', code: '47 82', minutes: 10 }),
      lastFailure: async () => failure,
      logout: async () => {
        session = undefined
        return {}
      },
    }
    const notices = createNotices({
      outbox: store.outbox,
      records: store.records,
      inss: createInssEvents({
        url: inssApi.running.api.url,
        clientId: client.id,
        clientSecret: client.secret,
        timeoutMs,
      }),
      secretKey: Buffer.alloc(32, 3),
      webhookSecret: 'segredo dos eventos',
      channels: ['whatsapp-cloud', 'sms-kannel'],
      publicUrl: 'http://localhost:3978',
      clock: inssApi.clock,
      log,
    })

    async function send(content: InboundContent): Promise<{ bot: string[]; outcome: string }> {
      count += 1
      inssApi.clock.skip(1)
      const at = inssApi.clock.now().toISOString()
      const message: Inbound = {
        id: `${first}-${count}`,
        channel,
        conversationId,
        at,
        ...content,
      }
      const work = await store.inbox.append(message, { worker: 'test', milliseconds: 60_000 })
      if (typeof work === 'string') throw new Error('the message did not arrive')
      return hear(work, message)
    }

    async function hear(
      work: Pick<Work, 'lease' | 'state'> & { ticket?: Work['ticket'] | undefined },
      message: Inbound,
    ): Promise<{ bot: string[]; outcome: string }> {
      const { lease, state, ticket } = work
      inssApi.clock.skip(1)
      const turn = { lease, inbound: message, handled: [message], state, ticket }
      const taken = await takeTurn(turn, {
        store,
        bot,
        clock: inssApi.clock,
        log,
        channelOf: () => over.channel,
        isOff: async () => off,
        inDanger: (text) => understand(text, civilDate(inssApi.clock.now())).crisis !== undefined,
        contextOf: async (_inbound, now) => ({
          conversationId,
          today: civilDate(now),
          now: now.toISOString(),
          brasilia: brasiliaTime(now),
          inss,
          amounts: { minimumWage: 162_100, ceiling: 847_555, since: '2026-01-01' },
          login,
          notices: await notices.of(message, login),
          ...(people && { desk: people.turnDesk() }),
        }),
      })
      const replies: Outbound[] = []
      for (let entry = taken.toSend; entry !== undefined; entry = await store.outbox.sent(entry.message)) {
        replies.push(entry.message)
        over.onReply?.(entry.message, count)
      }
      for (const reply of replies) if (reply.questionId !== undefined) questions.push(reply.questionId)
      const said = { bot: replies.map(shown), outcome: replies.at(-1)?.outcome ?? 'nothing_said' }
      const [next] = taken.waiting
      if (next === undefined) return said
      const later = await hear({ ...work, state: taken.state, ticket: taken.ticket }, next)
      return { ...later, bot: [...said.bot, ...later.bot] }
    }

    /** What comes without being asked for: the events of the INSS API are read until a notice leaves, or none does. */
    async function awaitNotices(expected: string[] | undefined): Promise<{ bot: string[]; outcome: string }> {
      const patience = expected?.length === 0 ? 20 : 400
      for (let tries = 0; tries < patience; tries += 1) {
        await notices.catchUp()
        const sent: Outbound[] = []
        for (;;) {
          const [entry] = await store.outbox.take(1, 'notice', {})
          if (entry === undefined) break
          if ((await notices.beforeSending(entry.message)) === 'go') sent.push(entry.message)
          await store.outbox.sent(entry.message)
        }
        code = /aviso: ([A-Z0-9-]+)\./.exec(sent.at(-1)?.text ?? '')?.[1] ?? code
        if (sent.length > 0) return { bot: sent.map(shown), outcome: 'answered' }
        await new Promise((resolve) => setTimeout(resolve, 25))
      }
      return { bot: [], outcome: 'nothing_said' }
    }

    /** What people say and do, and what the bot says to that. */
    async function listenToPeople(step: NonNullable<Turn['desk']>) {
      count += 1
      if (step.meanwhile !== undefined) {
        const at = inssApi.clock.now().toISOString()
        const content = { kind: 'text', text: step.meanwhile } as const
        await store.inbox.append({
          id: `${conversationId}-${count}`,
          channel,
          conversationId,
          at,
          ...content,
        })
      }
      await people?.act(conversationId, step)
      const said = (await store.outbox.take(20, 'reply', {})).map(({ message }) => message)
      for (let next = said[0]; next !== undefined; ) {
        over.onReply?.(next, count)
        next = (await store.outbox.sent(next))?.message
        if (next !== undefined) said.push(next)
      }
      const [work] = await store.inbox.lease({ worker: 'test', milliseconds: 60_000 }, 1)
      const event = work?.waiting[0]
      const heard = work && event ? await hear(work, event) : { bot: [], outcome: 'nothing_said' }
      return { ...heard, bot: [...said.map(shown), ...heard.bot] }
    }

    async function writeAtDesk(found: object): Promise<void> {
      // The citizen's own session may be over by then.
      const token = await inssApi.login(session?.cpf ?? '')
      const [newest] = (await inssApi.call('GET', '/v1/requests', { token })).body.items
      const path = `/v1/requests/${newest.protocol}/analysis-steps`
      const headers = { authorization: basic(desk) }
      const { status, text } = await inssApi.call('POST', path, { headers, body: found })
      if (status !== 200) throw new Error(`the desk was answered ${text}`)
    }

    async function take(
      step: Conversation['turns'][number],
    ): Promise<{ bot: string[]; outcome: string } | undefined> {
      conversationId = step.elsewhere === true ? `${first}b` : first
      channel = step.elsewhere === true ? 'sms-kannel' : ownChannel
      if (step.api !== undefined) proxy.mode = step.api
      if (step.sessionEnds === true) session = undefined
      if (step.open === true) return send({ kind: 'opened' })
      if (step.inss !== undefined) {
        await writeAtDesk(step.inss)
        return awaitNotices(step.bot)
      }
      if (step.assistant !== undefined) off = step.assistant === 'off'
      if (step.desk !== undefined) return listenToPeople(step.desk)
      if (step.until !== undefined) {
        inssApi.clock.set(step.until)
        return awaitNotices(step.bot)
      }
      if (step.say !== undefined) return send({ kind: 'text', text: step.say.replace('<código>', code) })
      if (step.press !== undefined || step.pressOld !== undefined) {
        const questionId = questions.at(step.press === undefined ? -2 : -1)
        if (questionId === undefined) throw new Error('no question was asked yet')
        return send({ kind: 'text', text: step.press ?? step.pressOld ?? '', questionId })
      }
      if (step.unsupported !== undefined) return send({ kind: 'unsupported', what: step.unsupported })
      if (step.loginFails !== undefined) {
        failure = step.loginFails
        return send({ kind: 'event', event: 'login_failed' })
      }
      if (step.login !== undefined) {
        const cpf = step.login.replace(/\D/g, '')
        const citizen = citizens.get(cpf)
        if (citizen === undefined) throw new Error('no such synthetic citizen')
        const { level } = citizen.govbr
        session = {
          cpf,
          token: await inssApi.login(cpf, level),
          name: citizen.name.split(' ')[0] ?? '',
          level,
        }
        return send({ kind: 'event', event: 'login_completed' })
      }
      return undefined
    }

    const turns: Conversation['turns'] = []
    for (const step of script.turns) {
      const { bot: _bot, outcome: _outcome, seen, ...given } = step
      const said = await take(step)
      const now = seen === undefined ? {} : { seen: ((await people?.seen(conversationId)) ?? []).map(masked) }
      turns.push({ ...given, ...said, ...now })
    }
    if (channel !== 'web') await notices.optOut(channel, conversationId)
    people?.stop()
    await store.close()
    return { ...script, turns }
  }

  return {
    play,
    async stop() {
      await proxy.stop()
      await inssApi.stop()
    },
  }
}

/** Stands before the INSS API and can fail in each way it can fail. */
async function startProxy(target: string) {
  const proxy = {
    mode: 'up' as 'up' | 'down' | 'slow' | 'rubbish',
    url: '',
    stop: (): Promise<void> => Promise.resolve(),
  }
  const server = createServer((request, response) => {
    if (proxy.mode === 'down') return void request.destroy()
    if (proxy.mode === 'slow') return
    if (proxy.mode === 'rubbish') return void response.end('{"entitled": "talvez"}')
    const body: Buffer[] = []
    request.on('data', (chunk) => body.push(chunk))
    request.on('end', () => {
      const { host: _host, connection: _connection, 'content-length': _length, ...headers } = request.headers
      fetch(new URL(request.url ?? '/', target), {
        method: request.method ?? 'GET',
        headers: headers as Record<string, string>,
        ...(body.length > 0 && { body: Buffer.concat(body) }),
      }).then(
        async (answer) => {
          response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' })
          response.end(await answer.text())
        },
        () => response.destroy(),
      )
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  proxy.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  proxy.stop = () =>
    new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return proxy
}
