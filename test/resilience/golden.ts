import { createHash } from 'node:crypto'
import { createBot } from '../../src/bot'
import { createAddresses, withoutNinthDigit } from '../../src/channels/address'
import type { Channel } from '../../src/channels/channel'
import { contentOfMessage, shapeForWhatsApp } from '../../src/channels/whatsapp-cloud/outgoing'
import { brasiliaTime, civilDate } from '../../src/clock'
import { AppError } from '../../src/errors'
import { createInssClient } from '../../src/inss/client'
import { createLog } from '../../src/log'
import type { Inbound, Outbound } from '../../src/message'
import { loadUnderstanding } from '../../src/nlu/index'
import { createMemoryStore } from '../../src/store/memory'
import { questionIsOpen, type TurnDeps, takeTurn } from '../../src/turn'
import type { WireMessage } from './meta'
import type { Step } from './scripts'

/** Somebody on WhatsApp, named as Meta names people: by telephone, by its own id, or both. */
export type Person = { phone?: string; bsuid?: string; conversationId: string }

/** One message of a person, and what must come back. */
export type Planned = {
  id: string
  step: Step
  wire: WireMessage
  /** A question is open when it is said: what follows at once is an answer of its own. */
  open: boolean
  replies: Reply[]
}

export type Reply = { id: string; content: string }

/** The name every reply to a message begins with. */
export function replyName(inboundId: string): string {
  return createHash('sha256').update(`whatsapp-cloud|${inboundId}`).digest('base64url').slice(0, 16)
}

/** @param secretKey of the product: conversations are named with it */
export function createPerson(index: number, secretKey: Buffer): Person {
  const phone = `55119${String(60_000_000 + index)}`
  const bsuid = `BR.${String(7_000_000_000 + index)}`
  const named = [{ phone, bsuid }, { phone }, { bsuid }][index % 3] ?? { phone }
  const who = 'bsuid' in named ? named.bsuid : withoutNinthDigit(phone)
  const conversationId = createAddresses('whatsapp-cloud', secretKey).conversationOf(who)
  return { ...named, conversationId }
}

/** A message as Meta tells it; `button` presses a choice by its id. */
export function wireOf(
  person: Person,
  id: string,
  said: { text: string } | { button: { id: string; title: string } },
): WireMessage {
  const { phone, bsuid } = person
  const content =
    'text' in said
      ? { type: 'text', text: { body: said.text } }
      : { type: 'interactive', interactive: { type: 'button_reply', button_reply: said.button } }
  return {
    message: {
      id,
      ...(phone !== undefined && { from: phone }),
      ...(bsuid !== undefined && { from_user_id: bsuid }),
      timestamp: String(Math.floor(Date.now() / 1000)),
      ...content,
    },
    contact: {
      profile: { name: 'Pessoa' },
      ...(phone !== undefined && { wa_id: phone }),
      ...(bsuid !== undefined && { user_id: bsuid }),
    },
  }
}

/**
 * Plays scripts quietly in this process, through the same turn and shape as the product but with a memory store and
 * no neighbours that fail: what it says is what everybody must be told.
 */
export function createGolden(options: { inssUrl: string }) {
  const store = createMemoryStore()
  const clock = { now: () => new Date() }
  const inss = createInssClient({ url: options.inssUrl })
  const channel: Channel = {
    id: 'whatsapp-cloud',
    notices: true,
    shape: shapeForWhatsApp,
    send: async () => undefined,
    whenUnknown: 'await_receipt',
  }
  const nobody = async () => {
    throw new AppError('login_required')
  }
  let played = 0
  const deps: TurnDeps = {
    store,
    bot: createBot(loadUnderstanding()),
    clock,
    log: createLog({ level: 'silent' }),
    channelOf: () => channel,
    contextOf: async (inbound, now) => ({
      conversationId: inbound.conversationId,
      today: civilDate(now),
      now: now.toISOString(),
      brasilia: brasiliaTime(now),
      inss,
      amounts: await amounts(civilDate(now)),
      login: {
        session: async () => undefined,
        token: nobody,
        link: nobody,
        lastFailure: async () => undefined,
        logout: async () => ({}),
      },
    }),
  }

  let known: { on: string; values: ReturnType<typeof inss.referenceValues> } | undefined
  function amounts(today: string) {
    if (known?.on !== today) known = { on: today, values: inss.referenceValues(today) }
    return known.values
  }

  async function take(inbound: Inbound): Promise<{ open: boolean; replies: Outbound[] }> {
    const work = await store.inbox.append(inbound, { worker: 'golden', milliseconds: 600_000 })
    if (typeof work === 'string') throw new Error('the message did not arrive')
    const { lease, waiting: handled, state } = work
    // A turn takes the state over.
    const open = questionIsOpen(state)
    const { toSend } = await takeTurn({ lease, inbound, handled, state }, deps)
    const replies: Outbound[] = []
    for (let entry = toSend; entry !== undefined; entry = await store.outbox.sent(entry.message))
      replies.push(entry.message)
    return { open, replies }
  }

  /** @param messages in the order they are taken; the same ids give the same plan */
  return async function plan(person: Person, messages: { id: string; step: Step }[]): Promise<Planned[]> {
    played += 1
    const conversationId = `golden-${played}`
    const planned: Planned[] = []
    let asked: Outbound | undefined
    for (const { id, step } of messages) {
      const title = 'press' in step ? step.press : undefined
      const choice = asked?.choices?.find((each) => each.title === title)
      const text = 'say' in step ? step.say : (choice?.value ?? step.press)
      const button = choice && buttonOf(asked, choice.title)
      const questionId = choice && asked?.questionId
      const { open, replies } = await take({
        id,
        channel: 'whatsapp-cloud',
        conversationId,
        at: clock.now().toISOString(),
        kind: 'text',
        text,
        ...(questionId !== undefined && { questionId }),
      })
      asked = replies.at(-1) ?? asked
      planned.push({
        id,
        step,
        wire: wireOf(person, id, button === undefined ? { text } : { button }),
        open,
        replies: replies.map((reply) => ({ id: reply.id, content: JSON.stringify(contentOfMessage(reply)) })),
      })
    }
    return planned
  }
}

/** What WhatsApp sends back when this choice is pressed. */
function buttonOf(asked: Outbound | undefined, title: string): { id: string; title: string } | undefined {
  return asked && buttonIn(contentOfMessage(asked), title)
}

/** The button or row of a message, by the start of its title. */
export function buttonIn(content: unknown, title: string): { id: string; title: string } | undefined {
  const buttons: { id: string; title: string }[] = []
  JSON.stringify(content, (_key, value) => {
    if (typeof value?.id === 'string' && typeof value?.title === 'string')
      buttons.push({ id: value.id, title: value.description ?? value.title })
    return value
  })
  return buttons.find((button) => button.title.startsWith(title))
}
