import type { Clock } from '../clock'
import type { Log } from '../log'
import type { ChannelId, HandoffStatus, Outbound } from '../message'
import type { Desk, KeptLine } from '../store/store'
import { t } from '../text'
import type { DeskResult, DeskService } from './desk'
import { ownerOf, type Ticket } from './ticket'
import { masked } from './views'

/** Another desk behind a channel of Bot Framework; who of its people speaks is not told. */
const HUB = 'hub'
const channels: readonly ChannelId[] = ['bot-framework', 'web']

export function isHub(agentId: string): boolean {
  return agentId === HUB
}

/**
 * Hands conversations to another desk by Bot Framework's events: `handoff.initiate` with the transcript goes out when
 * somebody waits for a person, and what comes back as `handoff.status` moves the ticket. The other desk's people speak
 * over the channel themselves.
 */
export function runHub(options: { desk: DeskService; store: Desk; clock: Clock; log: Log }) {
  const { desk, store, clock, log } = options
  const asked = new Set<string>()

  async function initiate(ticket: Ticket): Promise<void> {
    const { id, conversationId, channel, skill, priority, why } = ticket
    const at = clock.now().toISOString()
    const lines = await desk.lines(conversationId)
    const event: Outbound['event'] = {
      name: 'handoff.initiate',
      value: { Skill: skill, Priority: priority, Reason: why, TicketId: id, Level: ticket.brief.level },
      transcript: lines.flatMap(saidOf),
    }
    const text = t('chatwoot.handed_over')
    const message = {
      id: `hub.${id}`,
      conversationId,
      channel,
      at,
      text,
      outcome: 'handed_off',
      event,
    } as const
    // Known by its key, so that of all processes one asks.
    const reply: Outbound = { ...message, speaker: 'desk' }
    await store.change(conversationId, { replies: [reply], key: `initiate-${id}` })
  }

  async function look(conversationId: string): Promise<void> {
    const ticket = await desk.ticket(conversationId)
    if (ticket?.state !== 'queued' || !channels.includes(ticket.channel) || asked.has(ticket.id)) return
    if (asked.size > 10_000) asked.clear()
    asked.add(ticket.id)
    try {
      await initiate(ticket)
    } catch (error) {
      asked.delete(ticket.id)
      log.warn({ event: 'handoff_not_initiated', error: (error as Error).name })
    }
  }

  const stopListening = desk.onChange((conversationId) => {
    if (conversationId !== undefined) void look(conversationId)
  })

  async function move({ id, conversationId, state }: HandoffStatus): Promise<DeskResult | undefined> {
    const ticket = await desk.ticket(conversationId)
    if (ticket === undefined) return undefined
    const by = { id: HUB, name: t('chatwoot.other_desk') }
    const theirs = ticket.agentId === HUB && ownerOf(ticket) === 'agent'
    const key = `hub-${id}`
    if (state === 'accepted') return desk.speak(conversationId, by, { text: t('chatwoot.joined') }, key)
    if (state === 'completed' && theirs) return desk.giveBack(conversationId, by, 'resume', key)
    if (state === 'failed' && theirs)
      return desk.transfer(conversationId, by, { skill: ticket.skill }, t('chatwoot.refused'), key)
    // States that came later than this version are passed over, as the protocol wants it.
    return undefined
  }

  return {
    async takeStatus(status: HandoffStatus): Promise<void> {
      const result = await move(status)
      if (result !== undefined && !result.ok)
        log.info({ event: 'handoff_status_not_taken', code: result.code }, 'another desk was not followed')
    },
    stop: stopListening,
  }
}

/** Notes stay with our agents, and nothing that identifies somebody leaves unmasked. */
function saidOf({ at, who, text, unsaid }: KeptLine): { at: string; by: 'user' | 'bot'; text: string }[] {
  if (who === 'note' || unsaid === true) return []
  return [{ at, by: who === 'person' ? 'user' : 'bot', text: masked(text) }]
}
