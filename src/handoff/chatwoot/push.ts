import type { Identity } from '../../identity/identity'
import type { Log } from '../../log'
import type { KeptLine, Store } from '../../store/store'
import { hasText, t } from '../../text'
import type { DeskService } from '../desk'
import { isOpen, ownerOf, type Ticket } from '../ticket'
import { masked } from '../views'
import { type ChatwootClient, ChatwootError } from './client'
import { CHATWOOT_AWAY, isChatwootAgent, type Link, type Links, sourceIdOf } from './links'

const LEADS_FOR_MS = 10_000
const LOOK_EVERY_MS = 5000
const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 60_000
const MOST_CONTEXT = 8000
const AWAY_SECONDS = 90

/**
 * Keeps Chatwoot's conversations as ours are: opened with what is known when somebody waits for a person, every line
 * once, ended when the ticket ended here. One process does at a time, and each conversation strictly in order.
 */
export function runChatwootPush(options: {
  store: Pick<Store, 'desk' | 'records'>
  desk: DeskService
  client: ChatwootClient
  links: Links
  inboxId: number
  identity: Pick<Identity, 'session'>
  name: string
  log: Log
}): { stop(): Promise<void> } {
  const { store, desk, client, links, inboxId, identity, name, log } = options
  const waiting = new Set<string>()
  /** Conversations with a call under way, and those that failed: when to try again. */
  const busy = new Map<string, Promise<void>>()
  const later = new Map<string, { at: number; wait: number }>()
  /** Those this process told everything so far: what any other call may have done is looked up. */
  const sure = new Set<string>()
  let leads = false
  let stopped = false

  async function open(ticket: Ticket): Promise<Link> {
    const { conversationId, channel, id } = ticket
    const before = await links.of(conversationId)
    if (before?.ticketId === id) return withContext(before, ticket)
    if (before?.adopts === true) {
      // It began there: an agent wrote to somebody who was with the bot.
      const { adopts, resolved, ...adopted } = before
      const link = { ...adopted, ticketId: id, told: Math.max(0, before.told) }
      await links.keep(link)
      return link
    }
    const identifier = `${channel}:${conversationId}`
    const session = await identity.session(identifier)
    const who = session?.firstName ?? t('chatwoot.person', { channel })
    const { contactId, sourceId } = await contactOf(identifier, who)
    const chatwoot = await client.createConversation({
      sourceId,
      inboxId,
      contactId,
      attributes: {
        canal: channel,
        assunto: ticket.skill,
        motivo: ticket.why,
        prioridade: String(ticket.priority),
        atendimento: id,
        ...(ticket.callback !== undefined && { retorno_ate: ticket.callback.by }),
      },
    })
    const link: Link = { conversationId, channel, ticketId: id, chatwoot, told: -1 }
    await links.keep(link)
    await client.label(chatwoot, [ticket.skill, ...ticket.brief.flags]).catch(() => undefined)
    return withContext(link, ticket)
  }

  /** The first message of each conversation there says what is known; the lines in it are told by it. */
  async function withContext(link: Link, ticket: Ticket): Promise<Link> {
    if (link.told >= 0) return link
    const sourceId = sourceIdOf(ticket.id, 'context')
    const lines = await desk.lines(link.conversationId)
    const unsure = !sure.has(link.conversationId)
    if (!unsure || !(await client.sourceIds(link.chatwoot)).has(sourceId)) {
      const content = contextOf(ticket, lines)
      await client.addMessage(link.chatwoot, { content, type: 'outgoing', private: true, sourceId })
    }
    const told = { ...link, told: lines.at(-1)?.number ?? 0 }
    await links.keep(told)
    return told
  }

  async function contactOf(
    identifier: string,
    who: string,
  ): Promise<{ contactId: number; sourceId: string }> {
    const found = await client.findContact(inboxId, identifier)
    if (found === undefined) return client.createContact({ inboxId, name: who, identifier })
    const sourceId = found.sourceId ?? (await client.joinInbox(found.contactId, inboxId, identifier))
    return { contactId: found.contactId, sourceId }
  }

  async function tellLines(link: Link, ticket: Ticket): Promise<void> {
    const lines = await desk.lines(link.conversationId, link.told)
    // A call that was cut short may have been made: what is there already is not said again.
    const there =
      !sure.has(link.conversationId) && lines.length > 0
        ? await client.sourceIds(link.chatwoot)
        : new Set<string>()
    for (const line of lines) {
      const sourceId = sourceIdOf(ticket.id, line.number)
      const message = messageOf(line)
      if (message !== undefined && !there.has(sourceId))
        await client.addMessage(link.chatwoot, { ...message, sourceId })
      link.told = line.number
      await links.keep(link)
    }
  }

  async function bring(conversationId: string): Promise<void> {
    const ticket = await desk.ticket(conversationId)
    if (ticket === undefined) return
    const known = await links.of(conversationId)
    const waits = ownerOf(ticket) !== 'bot'
    if (isOpen(ticket) && (waits || ticket.state === 'callback')) {
      const link = await open(ticket)
      // Who is to be called back goes on with the bot, and that is not theirs to read.
      if (waits) await tellLines(link, ticket)
      return
    }
    if (known === undefined || known.ticketId !== ticket.id || known.resolved === true || isOpen(ticket))
      return
    await tellLines(known, ticket)
    await client.setStatus(known.chatwoot, 'resolved')
    await links.keep({ ...known, resolved: true })
  }

  async function tryBring(conversationId: string): Promise<void> {
    try {
      await bring(conversationId)
      later.delete(conversationId)
      sure.add(conversationId)
    } catch (error) {
      const code = error instanceof ChatwootError ? error.code : (error as Error).name
      const wait = Math.min(LONGEST_WAIT_MS, (later.get(conversationId)?.wait ?? FIRST_WAIT_MS / 2) * 2)
      sure.delete(conversationId)
      later.set(conversationId, { at: performance.now() + wait, wait })
      setTimeout(next, wait + 1).unref()
      log.error({ event: 'chatwoot_failed', code }, 'Chatwoot was not told')
      await store.records.set(CHATWOOT_AWAY, code, AWAY_SECONDS).catch(() => undefined)
      return
    }
    if (later.size === 0) await store.records.delete(CHATWOOT_AWAY).catch(() => undefined)
  }

  function next(): void {
    if (stopped || !leads) return
    for (const conversationId of waiting) {
      if (busy.has(conversationId)) continue
      if ((later.get(conversationId)?.at ?? 0) > performance.now()) continue
      waiting.delete(conversationId)
      const work = tryBring(conversationId).finally(() => {
        busy.delete(conversationId)
        if (later.has(conversationId)) waiting.add(conversationId)
        next()
      })
      busy.set(conversationId, work)
    }
  }

  async function look(): Promise<void> {
    try {
      leads = await store.desk.lead('chatwoot', name, LEADS_FOR_MS)
      if (!leads) {
        waiting.clear()
        sure.clear()
        return
      }
      for (const { conversationId } of await desk.open()) waiting.add(conversationId)
      next()
    } catch (error) {
      log.warn({ event: 'chatwoot_look_failed', error: (error as Error).name })
    }
  }

  const stopListening = desk.onChange((conversationId) => {
    if (conversationId === undefined) return
    waiting.add(conversationId)
    next()
  })
  const timer = setInterval(() => void look(), LOOK_EVERY_MS)
  timer.unref()
  void look()
  return {
    async stop() {
      stopped = true
      clearInterval(timer)
      stopListening()
      await Promise.allSettled(busy.values())
      await store.desk.resign('chatwoot', name).catch(() => undefined)
    },
  }
}

/** A line as a message there; undefined for what was said there, and for agents' own notes of the console. */
function messageOf(
  line: KeptLine,
): { content: string; type: 'incoming' | 'outgoing'; private?: true } | undefined {
  if (isChatwootAgent(line.agentId)) return undefined
  if (line.who === 'person') return { content: line.text, type: 'incoming' }
  const typed = line.typed === undefined ? '' : ` (${line.typed.value})`
  return {
    content: `${t(`chatwoot.who_${line.who}`)}: ${line.text}${typed}`,
    type: 'outgoing',
    private: true,
  }
}

/** What the agent must know, with what identifies the person masked: nothing there is revealed for a reason. */
function contextOf(ticket: Ticket, lines: KeptLine[]): string {
  const { brief, why, skill } = ticket
  const titled = (key: string, id: string) => (hasText(`${key}_${id}`) ? t(`${key}_${id}` as never) : id)
  const parts = [
    t('chatwoot.context', { why: titled('console.why', why), skill: titled('console.skill', skill) }),
    ...brief.facts.map(({ name, value }) => `${name} ${masked(value)}`),
    ...brief.done.map((each) => `✓ ${each}`),
    ...brief.failed.map((each) => `✗ ${each}`),
    '',
    ...lines.map(({ who, text }) => `${t(`chatwoot.who_${who}`)}: ${masked(text)}`),
  ]
  return parts.join('\n').slice(-MOST_CONTEXT)
}
