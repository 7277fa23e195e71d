import type { Level } from '../identity/identity'
import type { ChannelId, Receipt } from '../message'
import type { Records } from '../store/store'
import type { Subject } from './subjects'

/** One thing told to one person: sent on one channel after another until it arrives. */
export type Notice = {
  id: string
  /** Type of the event it tells. */
  type: string
  subject: Subject
  /** The INSS API's name for the person. */
  person: string
  /** When it happened. */
  at: string
  code: string
  /** Milliseconds since 1970 after which it is of no use. */
  deadline?: number
  /** In the order in which they are tried. */
  tries: Try[]
}

export type Try = {
  channel: ChannelId
  conversationId: string
  /** `Outbound.id`; brought forward after a failure it goes out under `hastened` of it. */
  outboundId: string
  /** Milliseconds since 1970. */
  due: number
  text: string
  template: { name: string; parameters: string[] }
  /** SHA-256 of the text. */
  contentHash: string
  /** How sure gov.br was of the person who said yes there. */
  level: Level
}

/** What became of a try: `went` out to the channel, and what its provider said of it. */
export type Mark = 'went' | Receipt['status']
export const marks: readonly Mark[] = ['went', 'sent', 'delivered', 'read', 'failed']
export type Marked = { at: string; code?: string; outboundId?: string }

export type Trail = ReturnType<typeof createTrail>

/** As long as consent is kept, and long enough to answer who was told what. */
const KEPT_SECONDS = 2 * 365 * 86_400
/** How long a check code answers. */
const CODE_SECONDS = 90 * 86_400
/** Longer than the INSS API can tell an event again. */
const SEEN_SECONDS = 45 * 86_400

/** The id of the notice an outbound message tries to bring; undefined when it is none of ours. */
export function noticeOfOutbound(outboundId: string): string | undefined {
  return /^(n[\w-]{21})\./.exec(outboundId)?.[1]
}

export function hastened(outboundId: string): string {
  return `${outboundId}.f`
}

/**
 * What was told to whom, how far each try got, and which events were taken. Each mark is a record of its own, so
 * that processes that write at once do not undo each other.
 */
export function createTrail(records: Pick<Records, 'get' | 'set'>) {
  const place = (id: string) => `notices-notice:${id}`
  const markPlace = (id: string, index: number, mark: Mark) => `notices-mark:${id}:${index}:${mark}`

  return {
    notice: async (id: string) => (await records.get(place(id))) as Notice | undefined,
    async keep(notice: Notice): Promise<void> {
      await records.set(place(notice.id), notice, KEPT_SECONDS)
      await records.set(`notices-code:${notice.code}`, notice.id, CODE_SECONDS)
    },
    noticeOfCode: async (code: string) => (await records.get(`notices-code:${code}`)) as string | undefined,
    mark: async (id: string, index: number, mark: Mark) =>
      (await records.get(markPlace(id, index, mark))) as Marked | undefined,
    async setMark(id: string, index: number, mark: Mark, value: Marked): Promise<void> {
      await records.set(markPlace(id, index, mark), value, KEPT_SECONDS)
    },
    /** Every mark of a try. */
    async marksOf(id: string, index: number): Promise<Partial<Record<Mark, Marked>>> {
      const found = await Promise.all(
        marks.map(async (mark) => [mark, await records.get(markPlace(id, index, mark))] as const),
      )
      return Object.fromEntries(found.filter(([, value]) => value !== undefined))
    },
    wasTaken: async (eventId: string) => (await records.get(`notices-event:${eventId}`)) !== undefined,
    async setTaken(eventId: string): Promise<void> {
      await records.set(`notices-event:${eventId}`, 1, SEEN_SECONDS)
    },
    cursor: async () => (await records.get('notices-cursor')) as string | undefined,
    async setCursor(cursor: string): Promise<void> {
      await records.set('notices-cursor', cursor, KEPT_SECONDS)
    },
  }
}
