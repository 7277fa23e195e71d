import { setTimeout as wait } from 'node:timers/promises'
import type { Client, MessageContent } from 'whatsapp-web.js'
import type { Media, Outbound } from '../../message'
import { ChannelError } from '../channel'
import { readMessage } from './inbound'
import type { Receipts } from './receipts'

const MOST_MEDIA_BYTES = 16 * 1024 * 1024
const MEDIA_KINDS = /^(audio\/[\w.+-]+|image\/(jpeg|png|webp)|application\/pdf)(;|$)/

/**
 * Puts one message into the page and waits until WhatsApp has it.
 * @param chat the chat's id as it came
 * @throws ChannelError `unknown`: from here on the message may be in the page, which sends it when it can
 */
export async function putMessage(
  client: Client,
  chat: string,
  message: Outbound,
  options: { receipts: Receipts; callMs: number },
): Promise<void> {
  const { receipts, callMs } = options
  const { conversationId, id: outboundId, text, file } = message
  const expected = receipts.expect({ conversationId, outboundId, chat, text: file ? undefined : text })
  const content = file ? await attachment(file) : text
  const sending = client.sendMessage(chat, content, {
    ...(file && { caption: text, sendMediaAsDocument: true }),
    linkPreview: false,
    parseVCards: false,
    // Read is what is stored, which the intake says.
    sendSeen: false,
    waitUntilMsgSent: true,
  })
  sending.then(
    // Also when it comes too late for this call: its receipts then tell that it went out.
    (sent) => sent && receipts.learnt(sent.id.id, expected),
    () => undefined,
  )
  const sent = await inTime(sending, callMs, 'unknown').catch((error: unknown) => {
    throw error instanceof ChannelError ? error : new ChannelError('page_error', 'unknown', { cause: error })
  })
  // The library gives nothing both when there is no such chat and when the page is slow to list the message.
  if (!sent && !receipts.hasAppeared(expected)) throw new ChannelError('no_answer', 'unknown')
}

async function attachment(file: NonNullable<Outbound['file']>): Promise<MessageContent> {
  const { MessageMedia } = (await import('whatsapp-web.js')).default
  return new MessageMedia(file.mimeType, file.content, file.name)
}

/** Whether a file is of a kind and size we take, as far as its message told. @throws ChannelError */
export function checkMedia(media: Pick<Media, 'mimeType' | 'bytes'>): void {
  if (!MEDIA_KINDS.test(media.mimeType)) throw new ChannelError('media_kind', 'final')
  if ((media.bytes ?? 0) > MOST_MEDIA_BYTES) throw new ChannelError('media_too_large', 'final')
}

/**
 * The file of a message, through the page, which decrypts it.
 * @param messageId the serialized id of the message
 * @throws ChannelError also when the file is of another kind or size than its message told
 */
export async function downloadMedia(
  client: Client,
  messageId: string,
  callMs: number,
): Promise<{ content: Buffer; mimeType: string }> {
  const file = await inTime(download(client, messageId), callMs, 'retry').catch((error: unknown) => {
    throw error instanceof ChannelError ? error : new ChannelError('page_error', 'retry', { cause: error })
  })
  if (file === undefined) throw new ChannelError('media_gone', 'final')
  const content = Buffer.from(file.data, 'base64')
  checkMedia({ mimeType: file.mimetype, bytes: content.length })
  return { content, mimeType: file.mimetype }
}

async function download(client: Client, messageId: string) {
  const message = await client.getMessageById(messageId)
  const raw = readMessage(message?.rawData)
  if (raw === undefined) return undefined
  // Before it is moved through the page: what the message told earlier may have been another number.
  checkMedia({ mimeType: raw.mimetype ?? '', bytes: raw.size ?? 0 })
  return message.downloadMedia()
}

async function inTime<T>(
  promise: Promise<T>,
  milliseconds: number,
  failure: 'retry' | 'unknown',
): Promise<T> {
  const enough = new AbortController()
  try {
    return await Promise.race([
      promise,
      wait(milliseconds, undefined, { signal: enough.signal }).then(() => {
        throw new ChannelError('call_timeout', failure)
      }),
    ])
  } finally {
    enough.abort()
  }
}
