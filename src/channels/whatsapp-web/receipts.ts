import type { Clock } from '../../clock'
import type { Log } from '../../log'
import type { Receipt } from '../../message'
import type { TakeReceipt } from '../channel'
import type { RawMessage } from './inbound'

/** A message of ours. */
type Ours = Pick<Receipt, 'conversationId' | 'outboundId'>

/** A message on its way into the page: its id there is not known yet. A file has no text to know it by. */
type Expected = Ours & { chat: string; text: string | undefined }

export type Receipts = ReturnType<typeof createReceipts>

const REMEMBERED = 5_000
const EXPECTED = 200

/** Levels of the library's `message_ack`: -1 error, 0 pending, 1 WhatsApp has it, 2 delivered, 3 read, 4 played. */
const STATUS: Record<number, Receipt['status']> = {
  [-1]: 'failed',
  1: 'sent',
  2: 'delivered',
  3: 'read',
  4: 'read',
}

/**
 * Tells which message of ours a receipt is about. WhatsApp Web carries no mark of ours, so ids are kept in memory:
 * after a restart of ours, receipts of earlier messages say nothing.
 */
export function createReceipts(options: { takeReceipt: TakeReceipt; clock: Clock; log: Log }) {
  const { takeReceipt, clock, log } = options
  const known = new Map<string, Ours>()
  let expected: Expected[] = []

  function learn(messageId: string, { conversationId, outboundId }: Ours): void {
    known.set(messageId, { conversationId, outboundId })
    const oldest = known.keys().next().value
    if (known.size > REMEMBERED && oldest !== undefined) known.delete(oldest)
  }

  return {
    /** A message is about to be put into the page. */
    expect(message: Expected): Expected {
      expected = [...expected.slice(1 - EXPECTED), message]
      return message
    },
    /** It did not go in, for certain. */
    forget(message: Expected): void {
      expected = expected.filter((each) => each !== message)
    },
    /**
     * A message of this number appeared in the page; it may be one of ours. This comes before the library's call
     * returns, and also when that call was cut short. The page may name the chat by the person's other id.
     */
    appeared(raw: RawMessage): void {
      if (!raw.id.fromMe) return
      const same = expected.filter(({ text }) => text === (raw.body ?? ''))
      const found = same.find(({ chat }) => chat === raw.to) ?? (same.length === 1 ? same[0] : undefined)
      if (found === undefined) return
      this.forget(found)
      learn(raw.id.id, found)
    },
    /** The library's call gave the message's id. */
    learnt(messageId: string, message: Expected): void {
      this.forget(message)
      learn(messageId, message)
    },
    /** Whether the message was seen in the page. */
    hasAppeared: (message: Expected): boolean => !expected.includes(message),
    /** A message of this number got further. Those sent from the telephone by hand are nobody's here. */
    async acknowledged(raw: RawMessage, level: number): Promise<void> {
      const ours = known.get(raw.id.id)
      const status = STATUS[level]
      if (ours === undefined || status === undefined || !raw.id.fromMe) return
      const failure = status === 'failed' ? { code: 'whatsapp_ack_error' } : {}
      try {
        await takeReceipt({ ...ours, status, at: clock.now().toISOString(), ...failure })
      } catch (error) {
        // A later receipt of the same message says at least as much.
        log.error({ err: (error as Error).name, status }, 'whatsapp-web: a receipt was not taken')
      }
    },
  }
}
