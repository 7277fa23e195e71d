import { setTimeout as wait } from 'node:timers/promises'
import type { Client } from 'whatsapp-web.js'
import type { Clock } from '../../clock'
import type { Log } from '../../log'
import { createAddresses } from '../address'
import { type Channel, ChannelError, type Receive, type TakeReceipt } from '../channel'
import { shape } from '../shape'
import { checkMedia, downloadMedia, putMessage } from './calls'
import { chatAddress, fileAddress, readMessage } from './inbound'
import { createIntake } from './intake'
import { createLinkedMark } from './linked-mark'
import { createQrPage } from './qr-page'
import { createReceipts } from './receipts'
import type { LinkState } from './states'
import { createSupervisor, defaultLimits, type LinkLimits } from './supervisor'
import { createTeller } from './terminal'

export type WhatsAppWebOptions = {
  /** Debian's: `/usr/bin/chromium`. */
  chromiumPath: string
  /** Keeps the browser profile, which is the linked device: whoever has it can read and write as this number. */
  sessionFolder: string
  /** 32 bytes */
  secretKey: Buffer
  /** Opens the page with the code to scan, and is told on the terminal; at least 16 characters. */
  qrToken: string
  publicUrl: string
  receive: Receive
  takeReceipt: TakeReceipt
  clock: Clock
  log: Log
  /** Prints a line on the operator's terminal. */
  say: (line: string) => void
  limits?: Partial<LinkLimits>
  /** More arguments for the browser. */
  browserArgs?: string[]
  /** More rules of names, in the form of Chromium's `--host-resolver-rules`. */
  hostRules?: string[]
  /** How long a call of the library may take, in milliseconds. */
  callMs?: number
}

export type WhatsAppWebChannel = Channel & {
  /** Opens the link and keeps it; returns at once, whether or not WhatsApp can be reached. */
  start(): Promise<void>
  state(): LinkState
}

/** Within the time the outbox leaves for one sending. */
const CALL_MS = 7_500
/** How long a stop waits for a message that is going out. */
const LAST_CALL_MS = 5_000
/** A file comes through the page. */
const MEDIA_MS = 60_000
const NOT_READY_MS = 5_000
/** A reply waits this long for the link without being counted as failed; later ones are old news, and a crowd. */
const FRESH_MS = 3_600_000

/**
 * WhatsApp through WhatsApp Web, for pilots and tests without a Business account. Not permitted by WhatsApp's terms:
 * the number may be banned, so it answers and never begins (no notices), and answers slowly.
 */
export function createWhatsAppWebChannel(options: WhatsAppWebOptions): WhatsAppWebChannel {
  const { clock, log } = options
  const limits = { ...defaultLimits, ...options.limits }
  const addresses = createAddresses('whatsapp-web', options.secretKey)
  const mark = createLinkedMark(options.sessionFolder, addresses)
  const receipts = createReceipts(options)
  const intake = createIntake({
    ...options,
    addresses,
    firstWaitMs: limits.firstWaitMs,
    sendSeen: (chat) => unimportant(supervisor.readyClient()?.sendSeen(chat)),
  })
  const tell = createTeller(options)
  let sending = 0
  let lastSent = 0

  const supervisor = createSupervisor({
    ...options,
    limits,
    wasLinked: mark.exists,
    quietForMs: () => (sending > 0 ? 0 : Date.now() - Math.max(lastSent, intake.lastActive())),
    onClient: listen,
    onMove(state) {
      log.info(
        { state: state.name, ...('why' in state && { code: state.why }) },
        'whatsapp-web: the link moved',
      )
      unimportant(tell(state))
    },
  })

  /** For what nobody waits for and nothing depends on. */
  function unimportant(promise: Promise<unknown> | undefined): void {
    promise?.catch((error: Error) => log.debug({ err: error.name }, 'whatsapp-web: a courtesy failed'))
  }

  function listen(client: Client): void {
    intake.hold()
    client.on('message', ({ rawData }) => intake.arrived(rawData))
    client.on('message_create', ({ rawData }) => {
      const raw = readMessage(rawData)
      if (raw !== undefined) receipts.appeared(raw)
    })
    client.on('message_ack', ({ rawData }, level) => {
      const raw = readMessage(rawData)
      if (raw !== undefined) void receipts.acknowledged(raw, level)
    })
    client.on('ready', () => {
      const since = mark.note(client.info?.wid?._serialized ?? '')
      void intake.catchUp(client, since)
    })
  }

  /** Why nothing can go out just now; certainly nothing did. */
  function notReady(writtenAt: string): ChannelError {
    const fresh = clock.now().getTime() - Date.parse(writtenAt) < FRESH_MS
    // No failure of the message while it is fresh: it goes as soon as the link is back, be it in three seconds.
    return fresh
      ? new ChannelError('not_ready', 'throttled', { retryAfterMs: NOT_READY_MS, everyone: true })
      : new ChannelError('not_ready', 'retry')
  }

  return {
    id: 'whatsapp-web',
    router: createQrPage({ ...options, state: supervisor.state, retryNow: supervisor.retryNow }),
    shape: (bubbles) => shape(bubbles, { text: 4096, join: true }),
    whenUnknown: 'await_receipt',
    // A person's pace: what writes faster is taken for a robot, and banned.
    pace: { perSecond: 1, perPerson: { everyMs: 3_000, burst: 5 } },
    state: supervisor.state,
    async start() {
      supervisor.start()
    },
    async send(message, contact) {
      const address = chatAddress.safeParse(addresses.open(contact.address))
      if (!address.success) throw new ChannelError('address_unknown', 'final')
      const client = supervisor.readyClient()
      if (client === undefined) throw notReady(message.at)
      sending += 1
      try {
        await putMessage(client, address.data.chat, message, { receipts, callMs: options.callMs ?? CALL_MS })
      } finally {
        sending -= 1
        lastSent = Date.now()
      }
    },
    typing(inbound) {
      const address = chatAddress.safeParse(addresses.open(inbound.address))
      const chat = address.success ? supervisor.readyClient()?.getChatById(address.data.chat) : undefined
      unimportant(chat?.then((found) => found?.sendStateTyping()))
    },
    async fetchMedia(media) {
      const address = fileAddress.safeParse(addresses.open(media.id))
      if (!address.success) throw new ChannelError('media_unknown', 'final')
      checkMedia(media)
      const client = supervisor.readyClient()
      if (client === undefined) throw new ChannelError('not_ready', 'retry')
      return downloadMedia(client, address.data.message, MEDIA_MS)
    },
    async stop() {
      await intake.stop()
      for (let waited = 0; sending > 0 && waited < LAST_CALL_MS; waited += 50) await wait(50)
      await supervisor.stop()
    },
  }
}
