import { randomBytes } from 'node:crypto'
import type { Clock } from '../../clock'
import type { Outbound } from '../../message'
import type { Records, TranscriptEntry, Transcripts } from '../../store/store'
import type { Receive } from '../channel'
import {
  type Activity,
  activityId,
  clientActivityId,
  fromOutbound,
  type PostedActivity,
  type StoredActivity,
  toInbound,
  toStored,
} from './activity'

/** What is stored of a conversation beside its transcript. */
type ConversationRecord = { openedAt: string; ended?: true }

type Kept = { activity: StoredActivity }

const KEPT_SECONDS = 30 * 86_400
/** Before a client's own id of a message, in the id the conversation knows it by. */
const CLIENT = 'client:'

export type Conversations = ReturnType<typeof createConversations>

/** Conversations of the web: opening, what each side says (once each), and ending. */
export function createConversations(options: {
  receive: Receive
  transcripts: Transcripts
  records: Records
  clock: Clock
}) {
  const { transcripts, records, receive, clock } = options
  const now = () => clock.now().toISOString()

  async function find(conversationId: string): Promise<ConversationRecord | undefined> {
    return (await records.get(recordKey(conversationId))) as ConversationRecord | undefined
  }

  /** The activity a reply answers, as clients know it. */
  async function answeredActivity({ conversationId, replyTo }: Outbound): Promise<string | undefined> {
    const own = replyTo?.startsWith(`${conversationId}|`) ? replyTo.slice(conversationId.length + 1) : ''
    if (/^\d+$/.test(own)) return replyTo
    if (!own.startsWith(CLIENT)) return undefined
    const sequence = await transcripts.find(conversationId, markOf(own.slice(CLIENT.length)))
    return sequence === undefined ? undefined : activityId(conversationId, sequence)
  }

  return {
    /** Names for a conversation that does not exist yet. */
    invent(): { conversationId: string; userId: string } {
      return {
        conversationId: randomBytes(16).toString('hex'),
        userId: `dl_${randomBytes(12).toString('hex')}`,
      }
    },

    /** Whether people may still read and write here: opened, and not ended. */
    async isOpen(conversationId: string): Promise<boolean> {
      const record = await find(conversationId)
      return record !== undefined && record.ended !== true
    },

    async hasEnded(conversationId: string): Promise<boolean> {
      return (await find(conversationId))?.ended === true
    },

    /**
     * Opens a conversation if it is not open yet. With `greet` the assistant hears of it, so that it can
     * speak first.
     * @returns whether it was opened by this call
     */
    async open(conversationId: string, { greet }: { greet: boolean }): Promise<boolean> {
      if ((await find(conversationId)) !== undefined) return false
      const at = now()
      if (greet) {
        await receive({
          id: `${conversationId}|opened`,
          channel: 'web',
          conversationId,
          at,
          kind: 'opened',
        })
      }
      const record: ConversationRecord = { openedAt: at }
      await records.set(recordKey(conversationId), record, KEPT_SECONDS)
      return true
    },

    /** Nobody reads or writes here any more, whatever tokens are still about. */
    async end(conversationId: string): Promise<void> {
      const record: ConversationRecord = { openedAt: now(), ended: true }
      await records.set(recordKey(conversationId), record, KEPT_SECONDS)
    },

    /**
     * The person says something. Written to the transcript first, so that the answer comes after it, and once,
     * however often a client whose request was cut short repeats it, and to whichever process.
     */
    async say(conversationId: string, userId: string, posted: PostedActivity): Promise<number> {
      const at = now()
      const stored = toStored(posted, userId, at)
      const clientId = clientActivityId(posted)
      const kept: Kept = { activity: stored }
      const mark = clientId === undefined ? undefined : markOf(clientId)
      const sequence = await transcripts.append(conversationId, kept, mark)
      const content = toInbound(posted)
      if (content !== undefined) {
        const id =
          clientId === undefined
            ? activityId(conversationId, sequence)
            : `${conversationId}|${CLIENT}${clientId}`
        await receive({ id, channel: 'web', conversationId, at, ...content })
      }
      return sequence
    },

    /** The assistant says something; each outbound message is appended once. */
    async deliver(message: Outbound): Promise<void> {
      const activity = fromOutbound(message)
      const answered = await answeredActivity(message)
      if (answered !== undefined) activity.replyToId = answered
      const kept: Kept = { activity }
      await transcripts.append(message.conversationId, kept, `bot:${message.id}`)
    },

    /** The watermark of everything said so far. */
    length: (conversationId: string): Promise<number> => transcripts.length(conversationId),

    async list(conversationId: string, after: number): Promise<{ sequence: number; activity: Activity }[]> {
      return (await transcripts.list(conversationId, after)).map((entry) => read(conversationId, entry))
    },

    watch(conversationId: string, listener: (sequence: number, activity: Activity) => void): () => void {
      return transcripts.watch(conversationId, (entry) => {
        const { sequence, activity } = read(conversationId, entry)
        listener(sequence, activity)
      })
    },
  }
}

function recordKey(conversationId: string): string {
  return `web:conversation:${conversationId}`
}

/** What marks a person's message in the transcript, by the client's own id of it. */
function markOf(clientId: string): string {
  return `user:${clientId}`
}

function read(conversationId: string, { sequence, entry }: TranscriptEntry) {
  const { activity } = entry as Kept
  return {
    sequence,
    activity: { ...activity, id: activityId(conversationId, sequence), conversation: { id: conversationId } },
  }
}
