import type { TakeReceipt } from './channels/channel'
import type { Clock } from './clock'
import { AppError } from './errors'
import type { Log } from './log'
import type { Inbound, Receipt } from './message'
import { createSender } from './sender'
import { openSpool, type Spool } from './spool'
import type { Claim, Store } from './store/store'
import type { TurnDeps } from './turn'
import { createWorker, type Worker } from './worker'

export type Gateway = {
  /**
   * Resolves once the message is durable, in the store or, while that is away, on this machine's disk.
   * A repeat of a message we have is dropped.
   * @throws AppError `spool_full` when it could be kept nowhere: the provider must be told to try again
   */
  receive(message: Inbound): Promise<'stored' | 'duplicate'>
  takeReceipt: TakeReceipt
  /** How many bytes wait on the disk for the store to come back. */
  spooled(): number
  /** Stops taking messages and waits for the turns and sends under way; what is left stays in the store. */
  stop(): Promise<void>
}

type SenderOptions = Parameters<typeof createSender>[0]
type WorkerOptions = Parameters<typeof createWorker>[0]

/** What becomes due by time alone is found by looking this often. */
const LOOK_EVERY_MS = 1000

/**
 * Inbox → turn → outbox. Several conversations move at the same time; each one strictly in order, one turn at a
 * time.
 */
export async function createGateway(options: {
  store: Store
  clock: Clock
  log: Log
  channels: SenderOptions['channels']
  /** Absent in a process that only takes messages in. */
  work?: { name: string; turn: TurnDeps; opens: WorkerOptions['opens'] }
  spool?: { folder: string; key: Buffer; mostBytes: number }
  onReceived?: (
    channel: Inbound['channel'],
    result: 'stored' | 'duplicate' | 'spooled',
    seconds: number,
  ) => void
  onReceipt?: (receipt: Receipt) => Promise<void>
  sending?: Pick<SenderOptions, 'onSent' | 'beforeNotice' | 'onNoticeGivenUp'>
}): Promise<Gateway> {
  const { store, clock, log, channels } = options
  const sender = options.work && createSender({ store, channels, clock, log, ...options.sending })
  const worker: Worker | undefined =
    options.work &&
    createWorker({ store, channels, clock, log, ...options.work, send: (entry) => sender?.send(entry) })
  const spool: Spool<Item> | undefined =
    options.spool && (await openSpool<Item>({ ...options.spool, take: hand, queueOf, log }))
  const stops = [
    ...(worker ? [store.inbox.onArrival(worker.look)] : []),
    ...(sender ? [store.outbox.onArrival(sender.drain)] : []),
  ]
  const timer = setInterval(look, LOOK_EVERY_MS)
  timer.unref()
  look()

  function look(): void {
    worker?.look()
    sender?.drain()
  }

  /** The last message of each conversation that is being stored. */
  const storing = new Map<string, Promise<unknown>>()

  /** Whatever befalls a message on its way (a step sent anew, the store gone), those after it do not overtake it. */
  async function keepInOrder(message: Inbound): Promise<'stored' | 'duplicate' | 'spooled'> {
    const { conversationId } = message
    const before = storing.get(conversationId)
    const kept = before === undefined ? keep({ message }) : before.then(() => keep({ message }))
    const settled = kept.catch(() => undefined)
    storing.set(conversationId, settled)
    try {
      return await kept
    } finally {
      if (storing.get(conversationId) === settled) storing.delete(conversationId)
    }
  }

  /** `told`: the store has this receipt already, and only who listens to it does not. */
  type Item = { message: Inbound } | { receipt: Receipt; told?: true }

  function queueOf(item: Item): string {
    return 'receipt' in item ? item.receipt.conversationId : item.message.conversationId
  }

  async function hand(item: Item): Promise<'stored' | 'duplicate'> {
    if ('receipt' in item) {
      if (item.told !== true && !(await store.outbox.receipt(item.receipt))) return 'duplicate'
      item.told = true
      await options.onReceipt?.(item.receipt)
      return 'stored'
    }
    const append = (claim?: Claim) => store.inbox.append(item.message, claim)
    if (worker !== undefined) return worker.receive(append)
    return (await append()) === 'duplicate' ? 'duplicate' : 'stored'
  }

  async function keep(item: Item): Promise<'stored' | 'duplicate' | 'spooled'> {
    if (spool === undefined) return hand(item)
    // Behind what waits already, so that nobody's messages change places.
    if (!spool.waiting()) {
      try {
        return await hand(item)
      } catch (error) {
        if (!(error instanceof AppError && error.code === 'store_unavailable')) throw error
      }
    }
    await spool.keep(item)
    return 'spooled'
  }

  return {
    async receive(message) {
      const started = performance.now()
      const result = await keepInOrder(message)
      options.onReceived?.(message.channel, result, (performance.now() - started) / 1000)
      return result === 'spooled' ? 'stored' : result
    },
    async takeReceipt(receipt) {
      await keep({ receipt })
    },
    spooled: () => spool?.bytes() ?? 0,
    async stop() {
      clearInterval(timer)
      for (const stop of stops) stop()
      await spool?.stop()
      await worker?.stop()
      await sender?.stop()
    },
  }
}
