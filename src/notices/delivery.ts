import type { Clock } from '../clock'
import type { Log } from '../log'
import type { Outbound, Receipt } from '../message'
import type { Outbox } from '../store/store'
import type { OptIns } from './opt-ins'
import { dueAt } from './quiet-hours'
import { hastened, type Notice, noticeOfOutbound, type Trail, type Try } from './trail'

/** How long a channel has to deliver before the next one of the person is tried. */
const FALL_BACK_AFTER_MS = 4 * 3_600_000

/** What the outbox does with a notice whose time has come. */
export type Going = 'go' | 'drop' | { at: number }

type Progress = 'waiting' | 'went' | 'delivered' | 'failed'

/**
 * Sends a notice on one channel after another. Every try waits in the outbox from the start, each due later than the
 * one before; whether it is still wanted is asked when its time comes. So the outbox is the only timer: it outlives
 * restarts and hands each message to one process.
 */
export function createDelivery(options: {
  outbox: Pick<Outbox, 'add' | 'receipts'>
  optIns: OptIns
  trail: Trail
  clock: Clock
  log: Log
}) {
  const { outbox, optIns, trail, clock, log } = options
  const now = () => clock.now().getTime()

  async function add(notice: Notice, one: Try, outboundId: string, due: number): Promise<void> {
    const message: Outbound = {
      id: outboundId,
      conversationId: one.conversationId,
      channel: one.channel,
      at: clock.now().toISOString(),
      text: one.text,
      outcome: 'answered',
      notice: { id: notice.id, template: one.template },
    }
    await outbox.add(message, due)
  }

  function tryOf(notice: Notice, id: string): number {
    return notice.tries.findIndex(({ outboundId }) => outboundId === id || hastened(outboundId) === id)
  }

  /** How far a try got; a receipt counts from the moment the store has it. */
  async function progress(notice: Notice, index: number): Promise<{ of: Progress; since?: number }> {
    const one = notice.tries[index]
    if (one === undefined) return { of: 'failed' }
    const known = await trail.marksOf(notice.id, index)
    const receipts = await outbox.receipts(one.conversationId)
    const said = [one.outboundId, hastened(one.outboundId)].map((id) => receipts[id]?.status)
    if (known.delivered ?? known.read ?? said.find((each) => each === 'delivered' || each === 'read')) {
      return { of: 'delivered' }
    }
    if (known.failed ?? said.find((each) => each === 'failed')) return { of: 'failed' }
    return known.went === undefined ? { of: 'waiting' } : { of: 'went', since: Date.parse(known.went.at) }
  }

  /** Whether another try makes this one needless, or later. */
  async function hindered(notice: Notice, index: number): Promise<Going> {
    for (const other of notice.tries.keys()) {
      if (other === index) continue
      const { of, since } = await progress(notice, other)
      if (of === 'delivered') return 'drop'
      if (of !== 'went' || since === undefined) continue
      if (other > index) return 'drop'
      if (now() < since + FALL_BACK_AFTER_MS) return { at: since + FALL_BACK_AFTER_MS }
    }
    return 'go'
  }

  function drop(notice: Notice, why: string): Going {
    log.info({ event: 'notice_dropped', notice: notice.id, why })
    return 'drop'
  }

  return {
    /** Lays every try of a notice into the outbox; a second time changes nothing. */
    async schedule(notice: Notice): Promise<void> {
      for (const one of notice.tries) await add(notice, one, one.outboundId, one.due)
    },
    /** When the tries of a notice are due, one for each of `count` channels; fewer when it would be too late. */
    plan(count: number, wish: { earliest?: number; deadline?: number }): number[] {
      const { deadline } = wish
      const due: number[] = []
      for (let index = 0; index < count; index += 1) {
        const last = due.at(-1)
        const at =
          last === undefined
            ? dueAt(now(), wish)
            : dueAt(last + FALL_BACK_AFTER_MS, deadline === undefined ? {} : { deadline })
        if (at === undefined) return due
        due.push(at)
      }
      return due
    },
    async beforeSending(message: Outbound): Promise<Going> {
      const notice = message.notice && (await trail.notice(message.notice.id))
      if (notice === undefined) return 'drop'
      const index = tryOf(notice, message.id)
      const one = notice.tries[index]
      if (one === undefined) return 'drop'
      const optIn = await optIns.of(one.channel, one.conversationId)
      if (optIn?.person !== notice.person || !optIn.subjects.includes(notice.subject)) {
        return drop(notice, 'not_wanted')
      }
      const due = dueAt(now(), notice.deadline === undefined ? {} : { deadline: notice.deadline })
      if (due === undefined) return drop(notice, 'too_late')
      if (due > now()) return { at: due }
      const went = await trail.mark(notice.id, index, 'went')
      if (went !== undefined && went.outboundId !== message.id) return drop(notice, 'sent_already')
      const going = await hindered(notice, index)
      if (going === 'drop') return drop(notice, 'arrived_elsewhere')
      if (went !== undefined) return 'go'
      if (going !== 'go') return going
      await trail.setMark(notice.id, index, 'went', { at: clock.now().toISOString(), outboundId: message.id })
      return 'go'
    },
    /**
     * Keeps what became of a try: a receipt, or `failed` when it was given up. After a failure the next try goes out
     * at once, within the quiet hours. What is no notice is left.
     */
    async onReceipt({ outboundId, status, at, code }: Omit<Receipt, 'conversationId'>): Promise<void> {
      const id = noticeOfOutbound(outboundId)
      const notice = id === undefined ? undefined : await trail.notice(id)
      const index = notice === undefined ? -1 : tryOf(notice, outboundId)
      if (notice === undefined || index < 0) return
      if ((await trail.mark(notice.id, index, status)) === undefined) {
        await trail.setMark(notice.id, index, status, { at, ...(code !== undefined && { code }) })
        const channel = notice.tries[index]?.channel
        log.info({ event: 'notice_status', notice: notice.id, channel, status, code })
      }
      if (status !== 'failed') return
      const following = notice.tries.slice(index + 1).find((one) => one.due > now())
      const due = dueAt(now(), notice.deadline === undefined ? {} : { deadline: notice.deadline })
      if (following === undefined || due === undefined || due >= following.due) return
      await add(notice, following, hastened(following.outboundId), due)
    },
  }
}
