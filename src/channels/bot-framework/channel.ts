import express from 'express'
import type { Clock } from '../../clock'
import type { Log } from '../../log'
import type { Contact, Inbound, Outbound } from '../../message'
import { createAddresses } from '../address'
import { type Channel, ChannelError, type Receive, type TakeHandoffStatus } from '../channel'
import { shape } from '../shape'
import { handoffState } from '../web/activity'
import { answerWebhookErrors } from '../webhook'
import {
  type ChannelActivity,
  channelActivity,
  contentOf,
  isGroup,
  personOf,
  type Reference,
  reference,
  toActivity,
  typingActivity,
} from './activity'
import { type Azure, type Credentials, createAuthentication, publicAzure } from './authentication'
import { createConnector } from './connector'

/** Messenger takes 2,000 characters, the least of the channels; the rest is room for choices written as lines. */
const MOST_TEXT = 1700

export type BotFrameworkOptions = {
  /** `emulator`: no token is asked for or shown, and only this machine is answered to. */
  credentials: 'emulator' | Credentials
  /** 32 bytes */
  secretKey: Buffer
  receive: Receive
  takeHandoffStatus?: TakeHandoffStatus
  clock: Clock
  log: Log
  azure?: Azure
  sendTimeoutMs?: number
}

/**
 * Any channel of Azure Bot Service, or the Bot Framework Emulator, at `POST /api/messages`.
 * A reply whose sending was cut short is sent again: the Connector service has no key that would tell it from a
 * new one, and a bubble seen twice does less harm than one never seen.
 */
export function createBotFrameworkChannel(options: BotFrameworkOptions): Channel {
  const { receive, clock, log } = options
  const credentials = options.credentials === 'emulator' ? undefined : options.credentials
  const azure = options.azure ?? publicAzure(credentials ?? { appId: '', appPassword: '' })
  const addresses = createAddresses('bot-framework', options.secretKey)
  const admit = credentials === undefined ? undefined : createAuthentication(credentials, azure)
  const post = createConnector({
    credentials,
    loginUrl: azure.loginUrl,
    clock,
    ...(options.sendTimeoutMs !== undefined && { timeoutMs: options.sendTimeoutMs }),
  })

  /** Where we answer to: over TLS, or on this machine, which is all that the Emulator without credentials may name. */
  function mayAnswer(serviceUrl: string): boolean {
    const { protocol, hostname } = new URL(serviceUrl)
    const here = ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
    return here || (credentials !== undefined && protocol === 'https:')
  }

  function toMessage(activity: ChannelActivity): Inbound | undefined {
    const person = personOf(activity)
    const content = contentOf(activity)
    if (person === undefined || content === undefined) return undefined
    const { channelId, serviceUrl, conversation, recipient } = activity
    const conversationId = addresses.conversationOf(JSON.stringify([channelId, conversation.id, person.id]))
    // Channels put telephone numbers into their ids, so theirs is kept sealed and ours is made of it.
    const id =
      content.kind === 'opened'
        ? `${conversationId}|opened`
        : addresses.conversationOf(JSON.stringify([channelId, conversation.id, 'activity', activity.id]))
    const address: Reference = {
      channelId,
      serviceUrl,
      conversation: {
        id: conversation.id,
        ...(conversation.tenantId != null && { tenantId: conversation.tenantId }),
      },
      bot: { id: recipient.id, ...(recipient.name != null && { name: recipient.name }) },
      user: { id: person.id, ...(person.name != null && { name: person.name }) },
      ...(activity.id != null && { last: { id: activity.id, inboundId: id } }),
    }
    return {
      id,
      channel: 'bot-framework',
      conversationId,
      at: clock.now().toISOString(),
      address: addresses.seal(address),
      ...content,
    }
  }

  /** The conversation another desk's answer is about: this one, or the one it relates to. */
  function aboutWhom(activity: ChannelActivity): { id: string; conversationId: string } {
    const { channelId, relatesTo, id } = activity
    const conversation = relatesTo?.conversation?.id ?? activity.conversation.id
    const person = relatesTo?.user?.id ?? activity.from.id
    return {
      id: addresses.conversationOf(JSON.stringify([channelId, conversation, 'activity', id])),
      conversationId: addresses.conversationOf(JSON.stringify([channelId, conversation, person])),
    }
  }

  const router = express.Router()
  // A page of another site cannot send this content type without asking first, which is never granted.
  const json = express.json({ limit: '1mb', type: 'application/json', inflate: false })
  router.post('/api/messages', json, async (request, response) => {
    if (request.body === undefined) return response.sendStatus(415)
    const parsed = channelActivity.safeParse(request.body)
    if (!parsed.success) return response.sendStatus(400)
    const activity = parsed.data
    const admission = await admit?.(activity, request.get('authorization') ?? '')
    if (admission === 'unavailable') {
      log.error({ code: 'openid_metadata_unavailable' }, 'a channel could not be recognised')
      return response.sendStatus(503)
    }
    if (admission === 'refused') return response.sendStatus(401)
    if (!mayAnswer(activity.serviceUrl)) return response.sendStatus(403)
    // Both want the answer inside this response, and ours leaves by the outbox, perhaps from another process.
    if (activity.deliveryMode === 'expectReplies' || activity.type === 'invoke')
      return response.sendStatus(501)
    if (activity.type === 'message' && activity.id == null) return response.sendStatus(400)
    const state = handoffState(activity)
    if (state !== undefined) {
      await options.takeHandoffStatus?.({ ...aboutWhom(activity), channel: 'bot-framework', state })
      return response.sendStatus(200)
    }
    const message = isGroup(activity) ? undefined : toMessage(activity)
    if (message === undefined) log.debug({ code: 'nothing_said' }, 'an activity was passed over')
    else await receive(message)
    return response.sendStatus(200)
  })
  router.use('/api/messages', answerWebhookErrors(log))

  function reach(address: string | undefined): Reference {
    const to = reference.safeParse(addresses.open(address))
    if (!to.success) throw new ChannelError('no_address', 'final')
    return to.data
  }

  return {
    id: 'bot-framework',
    router,
    whenUnknown: 'resend',
    shape: (bubbles) =>
      shape(bubbles, { text: MOST_TEXT, join: false, link: 'button', buttons: { most: 100, title: 100 } }),
    async send(message: Outbound, contact: Contact) {
      const to = reach(contact.address)
      await post(to, toActivity(message, to))
    },
    typing({ address }) {
      const show = async () => {
        const to = reach(address)
        await post(to, typingActivity(to))
      }
      show().catch((error: ChannelError) => log.debug({ code: error.code }, 'typing not shown'))
    },
  }
}
