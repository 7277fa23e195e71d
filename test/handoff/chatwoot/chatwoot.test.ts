import { createHmac } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { createChatwootClient } from '../../../src/handoff/chatwoot/client'
import { createLinks } from '../../../src/handoff/chatwoot/links'
import { runChatwootPush } from '../../../src/handoff/chatwoot/push'
import { createChatwootWebhook } from '../../../src/handoff/chatwoot/webhook'
import { createDesk } from '../../../src/handoff/desk'
import { central135 } from '../../../src/handoff/hours'
import { createOffers } from '../../../src/handoff/offer'
import { moved, newTicket, ownerOf, type Ticket } from '../../../src/handoff/ticket'
import { createMemoryStore } from '../../../src/store/memory'
import { captureLog } from '../../identity/world'
import { movable } from '../console-world'
import { startChatwoot } from './server'
import webhooks from './webhooks.json'

const token = 'token-de-teste-do-chatwoot'
const secret = 'segredo-do-webhook'
const id = 'pessoa'

describe('Chatwoot as the desk', () => {
  const clock = movable()
  const { log, lines } = captureLog()
  let chatwoot: Awaited<ReturnType<typeof startChatwoot>>
  let store: ReturnType<typeof createMemoryStore>
  let desk: ReturnType<typeof createDesk>
  let push: ReturnType<typeof runChatwootPush> | undefined
  let server: Server
  let url: string

  const start = (name = 'um') =>
    runChatwootPush({
      store,
      desk,
      client: createChatwootClient({ url: chatwoot.url, token, accountId: 1 }),
      links: createLinks(store.records),
      inboxId: 3,
      identity: { session: async () => ({ firstName: 'Marivalda' }) as never },
      name,
      log,
    })

  beforeEach(async () => {
    lines.length = 0
    chatwoot = await startChatwoot(token)
    store = createMemoryStore({ clock })
    desk = createDesk({ desk: store.desk, clock, log, mostWaitMinutes: 60 })
    const links = createLinks(store.records)
    const client = createChatwootClient({ url: chatwoot.url, token, accountId: 1 })
    const note = async (conversation: number, content: string, sourceId: string) => {
      await client.addMessage(conversation, { content, type: 'outgoing', private: true, sourceId })
    }
    const app = express().use(
      createChatwootWebhook({ desk, links, secret, accountId: 1, inboxId: 3, note, clock, log }),
    )
    server = createServer(app)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/chatwoot`
    push = start()
  })

  afterEach(async () => {
    await push?.stop()
    desk.stop()
    await chatwoot.stop()
    server.closeAllConnections()
    await new Promise<void>((resolve) => server.close(() => resolve()))
    expect(chatwoot.state.wrong).toEqual([])
    for (const personal of [token, secret, 'Marivalda', 'Bom dia', '000.010'])
      expect(lines.join('')).not.toContain(personal)
  })

  const at = () => clock.now().toISOString()

  async function waits(text = 'Meu CPF é 000.010.001-59'): Promise<Ticket> {
    const brief = {
      level: 'silver' as const,
      facts: [],
      done: [],
      failed: ['inss_timeout'],
      flags: ['anger' as const],
    }
    const wish = {
      conversationId: id,
      channel: 'web' as const,
      why: 'complaint' as const,
      skill: 'pagamento' as const,
    }
    const ticket = moved(newTicket({ ...wish, priority: 3, brief }, 't', at()), { type: 'queue' }, at())
    await store.desk.change(id, {
      ticket: { from: undefined, to: ticket },
      lines: [{ at: at(), who: 'person', text }],
    })
    return ticket
  }

  const says = (text: string) => store.desk.change(id, { lines: [{ at: at(), who: 'person', text }] })
  const owner = async () => {
    const ticket = await desk.ticket(id)
    return ticket?.endedAt === undefined ? ownerOf(ticket) : 'bot'
  }
  const conversation = (number = 42) => chatwoot.state.conversations.get(number)
  const shown = (number = 42) =>
    conversation(number)?.messages.map(({ type, content }) => `${type}: ${content}`) ?? []
  const replies = async () =>
    (await desk.lines(id)).filter(({ who }) => who === 'agent').map(({ text }) => text)

  async function hook(payload: object, changes: { secret?: string; age?: number; signature?: string } = {}) {
    const body = JSON.stringify(payload)
    const timestamp = String(Math.floor(clock.now().getTime() / 1000) - (changes.age ?? 0))
    const digest = createHmac('sha256', changes.secret ?? secret)
      .update(`${timestamp}.${body}`)
      .digest('hex')
    const answer = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-chatwoot-timestamp': timestamp,
        'x-chatwoot-delivery': 'd-1',
        'x-chatwoot-signature': changes.signature ?? `sha256=${digest}`,
      },
      body,
    })
    return answer.status
  }

  async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
    for (const late = Date.now() + 8000; Date.now() < late; ) {
      if (await holds()) return
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    throw new Error(`in vain: ${what}; ${chatwoot.state.made.join(', ')}; ${shown().join(' | ')}`)
  }

  it('gets a contact, and a conversation with what is known, masked', async () => {
    await waits()
    await until('the context', () => shown().length === 1)
    expect(chatwoot.state.made.slice(0, 3)).toEqual([
      'searchContactNone',
      'createContact',
      'createConversation',
    ])
    expect(conversation()).toMatchObject({
      attributes: {
        canal: 'web',
        assunto: 'pagamento',
        motivo: 'complaint',
        prioridade: '3',
        atendimento: 'pessoa:t',
      },
      labels: ['pagamento', 'anger'],
    })
    expect(conversation()?.messages[0]).toMatchObject({
      private: true,
      source_id: 'meu-inss:pessoa:t:context',
    })
    expect(shown()[0]).toBe(
      'outgoing: Motivo: Reclamação. Assunto: Pagamento.\n✗ inss_timeout\n\nPessoa: Meu CPF é •••.•••.•••-••',
    )
  })

  it('is told every line once and in order, also when a call was cut short or Chatwoot was away', async () => {
    await waits()
    await until('the context', () => shown().length === 1)
    chatwoot.state.failing.push({ path: /^POST .*messages/, status: 500, after: true })
    await says('um')
    await says('dois')
    chatwoot.state.failing.push({ path: /^POST .*messages/, status: 503 })
    await says('três')
    await until('three messages', () => shown().length >= 4)
    await says('quatro')
    await until('four messages', () => shown().length >= 5)
    expect(shown().slice(1)).toEqual(['incoming: um', 'incoming: dois', 'incoming: três', 'incoming: quatro'])
    expect(await store.records.get('desk:chatwoot-away')).toBeUndefined()
  }, 30_000)

  it('goes on from where another process stopped, and says nothing twice', async () => {
    await waits()
    await until('the context', () => shown().length === 1)
    await says('um')
    await until('one message', () => shown().length === 2)
    await push?.stop()
    await says('dois')
    push = start('dois')
    await until('two messages', () => shown().length === 3)
    expect(shown().slice(1)).toEqual(['incoming: um', 'incoming: dois'])
  })

  it("takes the conversation by an agent's message, and says it once", async () => {
    await waits()
    await until('the context', () => shown().length === 1)
    expect(await Promise.all([hook(webhooks.agentMessage), hook(webhooks.agentMessage)])).toEqual([200, 200])
    expect(await hook(webhooks.agentMessage)).toBe(200)
    expect(await replies()).toEqual(['Bom dia, sou a Maria.'])
    expect(await owner()).toBe('agent')
    expect((await desk.ticket(id))?.agentId).toBe('chatwoot-5')
    await says('Olá')
    await until('the answer', () => shown().includes('incoming: Olá'))
    // What was said there is not told there again.
    expect(shown().filter((text) => text.includes('sou a Maria'))).toEqual([])
  })

  it('does not say notes, echoes of its own, what the person wrote, surveys and typing', async () => {
    await waits()
    await until('the context', () => shown().length === 1)
    for (const name of ['agentNote', 'ownMessage', 'personMessage', 'survey', 'typing'] as const)
      expect([name, await hook(webhooks[name])]).toEqual([name, 200])
    expect(await hook({ ...webhooks.agentMessage, inbox: { id: 99 } })).toBe(200)
    expect(await hook({ ...webhooks.agentMessage, account: { id: 99 } })).toBe(200)
    expect(await replies()).toEqual([])
    expect(await owner()).toBe('queue')
  })

  it('tells the agent that a file does not reach the person, and says the text that came with it', async () => {
    await waits()
    await until('the context', () => shown().length === 1)
    const attachments = [{ id: 1, file_type: 'file', data_url: 'https://example.org/carta.pdf' }]
    expect(await hook({ ...webhooks.agentMessage, attachments })).toBe(200)
    expect(shown().at(-1)).toBe('outgoing: O arquivo não chegou à pessoa: por aqui só vai texto.')
    expect(conversation()?.messages.at(-1)?.private).toBe(true)
    expect(await replies()).toEqual(['Bom dia, sou a Maria.'])
  })

  it.each([
    ['resolved', 'closed'],
    ['pending', 'returned'],
  ] as const)('%s there: the ticket is %s, and the bot goes on', async (status, state) => {
    await waits()
    await until('the context', () => shown().length === 1)
    await hook(webhooks.agentMessage)
    expect(await hook(webhooks[status])).toBe(200)
    expect((await desk.ticket(id))?.state).toBe(state)
    expect(await owner()).toBe('bot')
    expect(await hook(webhooks[status])).toBe(200)
    await until('its end there', () => conversation()?.status === 'resolved')
  })

  it('is resolved there when the person gave up here, and opened anew for their next wish', async () => {
    const ticket = await waits()
    await until('the context', () => shown().length === 1)
    await store.desk.change(id, { ticket: { from: ticket, to: moved(ticket, { type: 'return' }, at()) } })
    await until('its end there', () => conversation()?.status === 'resolved')
    const again = moved(newTicket({ ...ticket }, 'u', at()), { type: 'queue' }, at())
    await store.desk.change(id, { ticket: { from: undefined, to: again } })
    await until('another conversation', () => shown(43).length === 1)
    expect(chatwoot.state.made.filter((call) => call === 'createContact')).toHaveLength(1)
  })

  it('takes a conversation back from the bot when an agent writes after the end', async () => {
    await waits()
    await until('the context', () => shown().length === 1)
    await hook(webhooks.agentMessage)
    await hook(webhooks.resolved)
    await until('its end there', () => conversation()?.status === 'resolved')
    expect(await hook({ ...webhooks.agentMessage, id: 950, content: 'Esqueci de dizer' })).toBe(200)
    expect(await owner()).toBe('agent')
    await says('Diga')
    await until('the answer in the same conversation', () => shown().includes('incoming: Diga'))
    expect(chatwoot.state.conversations.size).toBe(1)
  })

  it('refuses what is not signed, signed with another secret, stale, or no JSON', async () => {
    await waits()
    await until('the context', () => shown().length === 1)
    expect(await hook(webhooks.agentMessage, { secret: 'outro-segredo' })).toBe(401)
    expect(await hook(webhooks.agentMessage, { signature: 'sha256=' })).toBe(401)
    expect(await hook(webhooks.agentMessage, { age: 301 })).toBe(401)
    expect(await hook(webhooks.agentMessage, { age: -301 })).toBe(401)
    expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(401)
    expect(await hook([])).toBe(400)
    expect(await replies()).toEqual([])
  })

  it('is said to be down while it does not answer', async () => {
    await chatwoot.stop()
    const offer = createOffers({
      desk,
      records: store.records,
      hours: central135,
      callbackMinutes: 240,
      elsewhere: true,
      clock,
    })
    expect(await offer({ skill: 'geral', priority: 3 })).toMatchObject({ down: false, people: 1 })
    await waits()
    await until('that it is away', async () => (await store.records.get('desk:chatwoot-away')) !== undefined)
    expect(await offer({ skill: 'geral', priority: 3 })).toMatchObject({ down: true, people: 0 })
    chatwoot = await startChatwoot(token)
  })
})
