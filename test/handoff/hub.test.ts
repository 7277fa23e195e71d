import { createDesk } from '../../src/handoff/desk'
import { isHub, runHub } from '../../src/handoff/hub'
import { moved, newTicket, ownerOf } from '../../src/handoff/ticket'
import type { HandoffStatus, Outbound } from '../../src/message'
import { createMemoryStore } from '../../src/store/memory'
import { activity, startChannel } from '../channels/bot-framework/harness'
import { SECRET, startHarness } from '../channels/web/harness'
import { movable, START } from './console-world'
import { silentLog } from './world'

describe('another desk, by the handoff events of Bot Framework', () => {
  const clock = movable()
  const store = createMemoryStore({ clock })
  const desk = createDesk({ desk: store.desk, clock, log: silentLog, mostWaitMinutes: 60 })
  const hub = runHub({ desk, store: store.desk, clock, log: silentLog })
  const statuses: HandoffStatus[] = []
  const takeHandoffStatus = async (status: HandoffStatus) => {
    statuses.push(status)
    await hub.takeStatus(status)
  }
  afterAll(() => {
    hub.stop()
    desk.stop()
  })

  async function waits(conversationId: string, channel: 'web' | 'bot-framework' | 'sms-kannel') {
    const brief = { level: 'none' as const, facts: [], done: [], failed: [], flags: [] }
    const wish = {
      conversationId,
      channel,
      why: 'asked' as const,
      skill: 'recurso' as const,
      priority: 2 as const,
      brief,
    }
    const ticket = moved(newTicket(wish, 't', START), { type: 'queue' }, START)
    await store.desk.change(conversationId, {
      ticket: { from: undefined, to: ticket },
      lines: [
        { at: START, who: 'person', text: 'meu CPF é 000.010.001-59' },
        { at: START, who: 'bot', text: 'Certo.' },
        { at: START, who: 'note', text: 'nota interna' },
      ],
    })
    return ticket
  }

  /** What waits to go out in a conversation. */
  async function initiated(conversationId: string): Promise<Outbound[]> {
    for (const late = Date.now() + 3000; Date.now() < late; ) {
      const lines = await store.desk.lines(conversationId)
      if (lines.some(({ who }) => who === 'desk')) break
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    const taken = await store.outbox.take(50, 'reply', {})
    for (const { message } of taken) await store.outbox.sent(message)
    return taken.map(({ message }) => message).filter((message) => message.conversationId === conversationId)
  }

  const status = (conversationId: string, state: string, id = `${conversationId}-${state}`) =>
    hub.takeStatus({ id, conversationId, channel: 'bot-framework', state })
  const ticketOf = (conversationId: string) => desk.ticket(conversationId)

  it('is asked once, with what it routes by and the transcript, masked and without notes', async () => {
    const ticket = await waits('uma', 'bot-framework')
    const [message, ...more] = await initiated('uma')
    expect(more).toEqual([])
    expect(message).toMatchObject({
      speaker: 'desk',
      event: {
        name: 'handoff.initiate',
        value: { Skill: 'recurso', Priority: 2, Reason: 'asked', TicketId: ticket.id },
        transcript: [
          { at: START, by: 'user', text: 'meu CPF é •••.•••.•••-••' },
          { at: START, by: 'bot', text: 'Certo.' },
        ],
      },
    })
    const again = runHub({ desk, store: store.desk, clock, log: silentLog })
    await store.desk.change('uma', { lines: [{ at: START, who: 'person', text: 'oi' }] })
    await new Promise((resolve) => setTimeout(resolve, 30))
    again.stop()
    expect((await store.outbox.take(50, 'reply', {})).length).toBe(0)
  })

  it('is not asked where no channel carries events', async () => {
    await waits('por-sms', 'sms-kannel')
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect((await store.desk.lines('por-sms')).filter(({ who }) => who === 'desk')).toEqual([])
  })

  it('takes the conversation, gives it back, or refuses it; the same answer twice is one', async () => {
    await waits('aceita', 'bot-framework')
    await status('aceita', 'accepted')
    await status('aceita', 'accepted')
    const taken = await ticketOf('aceita')
    expect([taken?.state, isHub(taken?.agentId ?? '')]).toEqual(['agent', true])
    await status('aceita', 'something newer')
    expect(ownerOf(await ticketOf('aceita'))).toBe('agent')
    await status('aceita', 'completed')
    expect((await ticketOf('aceita'))?.state).toBe('returned')
    await status('aceita', 'completed', 'outra vez')
    await waits('recusa', 'bot-framework')
    await status('recusa', 'accepted')
    await status('recusa', 'failed')
    expect((await ticketOf('recusa'))?.state).toBe('queued')
    await status('ninguem', 'accepted')
  })

  it('speaks and is spoken to over a channel of Bot Framework', async () => {
    const channel = await startChannel({ credentials: 'emulator', takeHandoffStatus })
    try {
      const service = 'http://127.0.0.1:9/'
      await channel.post(activity(service))
      const conversationId = channel.heard[0]?.conversationId ?? ''
      await waits(conversationId, 'bot-framework')
      const event = { type: 'event', name: 'handoff.status', value: { state: 'accepted' } }
      expect((await channel.post(activity(service, { ...event, id: 'status-1' }))).status).toBe(200)
      expect((await ticketOf(conversationId))?.state).toBe('agent')
      expect(channel.heard).toHaveLength(1)
      const about = { ...activity(service), ...event, id: 'status-2', value: { state: 'completed' } }
      const { from, conversation } = about as { from: object; conversation: object }
      const relatesTo = { user: from, conversation }
      const elsewhere = { ...about, from: { id: 'hub' }, conversation: { id: 'hub-1' }, relatesTo }
      expect((await channel.post(elsewhere)).status).toBe(200)
      expect((await ticketOf(conversationId))?.state).toBe('returned')
    } finally {
      await channel.stop()
    }
  })

  it('speaks on Direct Line with the secret, and nobody does with the token of a person', async () => {
    const web = await startHarness({ takeHandoffStatus, answer: () => [] })
    try {
      const call = async (path: string, bearer: string, body?: object) => {
        const answer = await fetch(`${web.url}/v3/directline/${path}`, {
          method: body === undefined ? 'GET' : 'POST',
          headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
          ...(body !== undefined && { body: JSON.stringify(body) }),
        })
        return (await answer.json()) as { conversationId: string; token: string; activities: object[] }
      }
      const { conversationId, token } = await call('conversations', SECRET, {})
      await waits(conversationId, 'web')
      const [message] = await initiated(conversationId)
      await web.send(conversationId, message ?? {})
      const path = `conversations/${conversationId}/activities`
      const { activities } = await call(path, token)
      expect(activities.at(-1)).toMatchObject({
        type: 'event',
        name: 'handoff.initiate',
        value: { Skill: 'recurso' },
        attachments: [
          {
            contentType: 'application/json',
            name: 'Transcript',
            content: {
              activities: [{ type: 'message', text: 'meu CPF é •••.•••.•••-••' }, { text: 'Certo.' }],
            },
          },
        ],
      })
      const accepted = {
        type: 'event',
        name: 'handoff.status',
        value: { state: 'accepted' },
        from: { id: 'hub' },
      }
      const before = statuses.length
      await call(path, token, accepted)
      expect(statuses.length).toBe(before)
      await call(path, SECRET, accepted)
      expect((await ticketOf(conversationId))?.state).toBe('agent')
    } finally {
      await web.stop()
    }
  })
})
