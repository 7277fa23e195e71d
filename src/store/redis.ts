import type { Clock } from '../clock'
import { AppError } from '../errors'
import type { Contact, Inbound, Outbound, PersonPace } from '../message'
import { connectRedis, createDeadline, isAway } from './redis-connection'
import { createRedisDesk } from './redis-desk'
import {
  contentOf,
  digest,
  nameOf,
  packLine,
  packState,
  saidOf,
  ticketArgs,
  ticketOf,
  unpackState,
  whose,
} from './redis-form'
import { type ScriptName, scripts } from './redis-scripts'
import {
  type DeadLetter,
  type Event,
  MOST_WAITING,
  type OutboxEntry,
  RECEIPTS_SECONDS,
  REPEATS_FOR_MS,
  readReceipt,
  receiptRank,
  SENDING_MS,
  type Store,
  type TranscriptEntry,
  type Work,
  writeReceipt,
  wroteAt,
} from './store'

/**
 * Conversations are spread over this many hash tags, hence over the nodes of a Cluster. Fixed: with another number
 * what is stored would be looked for elsewhere.
 */
const PARTITIONS = 16

/**
 * A store in Redis 7+, single, Sentinel or Cluster, for any number of processes. A step is one script on the
 * partition of its conversation (see `redis-scripts.ts`).
 * @param options.clock only for tests; otherwise Redis's own time judges leases and lives
 * @throws AppError `store_unavailable` when Redis cannot be reached
 */
export async function createRedisStore(options: {
  url: string
  prefix?: string
  clock?: Clock
}): Promise<Store> {
  const prefix = options.prefix ?? 'assistant'
  const { commands, listener } = await connectRedis(options.url)
  const deadline = createDeadline()
  const within = <T>(answer: Promise<T>): Promise<T> => deadline.within(answer).catch(away)
  const time = () => (options.clock === undefined ? '-1' : String(options.clock.now().getTime()))
  const localTime = () => options.clock?.now().getTime() ?? Date.now()
  const baseOf = (place: number) => `${prefix}:{p${place}}:`
  const bases = Array.from({ length: PARTITIONS }, (_, place) => baseOf(place))
  const base = (conversationId: string) => bases[placeOf(conversationId)] ?? baseOf(0)

  async function run(name: ScriptName, key: string, args: string[]): Promise<unknown> {
    const { sha, source } = scripts[name]
    const call = { keys: [key], arguments: [time(), ...args] }
    try {
      return await deadline.within(commands.evalSha(sha, call))
    } catch (error) {
      if (error instanceof Error && error.message.startsWith('NOSCRIPT')) {
        return within(commands.eval(source, call))
      }
      return away(error)
    }
  }
  const step = (name: ScriptName, conversationId: string, ...args: (string | number)[]) => {
    const place = base(conversationId)
    return run(name, `${place}ready`, [place, conversationId, ...args.map(String)])
  }
  const stepAt = (name: ScriptName, place: number, ...args: (string | number)[]) =>
    run(name, `${bases[place]}ready`, [bases[place] ?? '', '', ...args.map(String)])
  let turn = 0
  /** What there is in one place, or in all of them, beginning at another one each time. */
  async function gather<T>(
    limit: number,
    where: number | undefined,
    visit: (place: number, limit: number) => Promise<T[]>,
  ): Promise<T[]> {
    if (where !== undefined) return visit(where, limit)
    turn += 1
    const found: T[] = []
    for (let index = 0; index < PARTITIONS && found.length < limit; index += 1) {
      found.push(...(await visit((turn + index) % PARTITIONS, limit - found.length)))
    }
    return found
  }

  /** What a script handed over to be sent. */
  function entryOf(handed: unknown, since: number): OutboxEntry | undefined {
    if (!Array.isArray(handed)) return undefined
    const [entry, contact, attempts, unknownSince, letter] = handed as [
      string,
      string | null,
      number,
      string | null,
      string | null,
    ]
    return {
      message: contentOf(entry) as Outbound,
      contact: contactOf(contact),
      owner: whose(letter),
      attempts,
      ...(unknownSince !== null && { unknownSince: Number(unknownSince) }),
      until: since + SENDING_MS,
    }
  }
  function workOf(conversationId: string, worker: string, parts: unknown[], first?: Inbound): Work {
    const [fence, state, contact, waiting, open] = parts as [
      number,
      string | null,
      string | null,
      string[] | null,
      string | null,
    ]
    const ticket = ticketOf(open)
    return {
      lease: { conversationId, fence, worker },
      waiting: waiting?.map((entry) => contentOf(entry) as Inbound) ?? (first === undefined ? [] : [first]),
      state: state === null ? undefined : unpackState(state),
      contact: contactOf(contact),
      ...(ticket !== undefined && { ticket }),
    }
  }

  const arrivals = new Set<(where: number) => void>()
  const departures = new Set<(where: number) => void>()
  const changes = new Set<(conversationId: string | undefined) => void>()
  await Promise.all(
    bases.map((partition, place) =>
      listener.sSubscribe(`${partition}wake`, (what) => {
        if (what === 'i') for (const call of arrivals) call(place)
        else if (what === 'o') for (const call of departures) call(place)
        else for (const call of changes) call(what === 'a' ? undefined : what.slice(1))
      }),
    ),
  ).catch(away)
  const listening =
    <T>(set: Set<(what: T) => void>) =>
    (call: (what: T) => void) => {
      set.add(call)
      return () => {
        set.delete(call)
      }
    }

  return {
    inbox: {
      async append(message, claim) {
        const { conversationId, address } = message
        const contact = address === undefined ? '' : `${wroteAt(message)} ${address}`
        const stored = await step(
          'append',
          conversationId,
          nameOf(message),
          JSON.stringify(message),
          digest(nameOf(message)),
          REPEATS_FOR_MS,
          contact,
          claim?.milliseconds ?? 0,
          MOST_WAITING,
        )
        if (stored === 0) return 'duplicate'
        if (!Array.isArray(stored) || claim === undefined) return 'stored'
        return workOf(conversationId, claim.worker, stored, message)
      },
      lease: (claim, limit, where) =>
        gather(limit, where, async (place, most) => {
          const leased = await stepAt('lease', place, claim.milliseconds, most, MOST_WAITING)
          return (leased as unknown[][]).map(([id, ...parts]) => workOf(String(id), claim.worker, parts))
        }),
      async renew(lease, milliseconds) {
        const renewed = await step('renew', lease.conversationId, lease.fence, milliseconds)
        if (renewed !== 1) throw new AppError('store_fenced')
      },
      async release(lease, at = 0) {
        await step('release', lease.conversationId, lease.fence, at)
      },
      onArrival: listening(arrivals),
    },
    conversations: {
      async load(conversationId) {
        const state = await within(commands.get(`${base(conversationId)}s:${conversationId}`))
        return state === null ? undefined : unpackState(String(state))
      },
      async commit(lease, handled, turn) {
        const { state, replies, events, pace, lines = [], ticket, journal = [] } = turn
        const since = localTime()
        const written = await step(
          'commit',
          lease.conversationId,
          lease.fence,
          handled.length,
          MOST_WAITING,
          packState(state),
          ...paceOf(pace),
          SENDING_MS,
          replies.length,
          lines.length,
          journal.length,
          ...ticketArgs(ticket),
          ...handled.map(nameOf),
          ...replies.flatMap(saidOf),
          ...lines.map(packLine),
          ...journal.map((entry) => JSON.stringify(entry)),
          ...events.map(packEvent),
        )
        if (!Array.isArray(written)) throw new AppError('store_fenced')
        const [waiting, handed, open, stale] = written as [string[], unknown, string | null, 1?]
        const now = ticketOf(open)
        return {
          waiting: waiting.map((entry) => contentOf(entry) as Inbound),
          toSend: entryOf(handed, since),
          ...(now !== undefined && { ticket: now }),
          ...(stale === 1 && { stale: true as const }),
        }
      },
      async events(conversationId) {
        const events = await within(commands.lRange(`${base(conversationId)}e:${conversationId}`, 0, -1))
        return events.map((event) => unpackEvent(String(event)))
      },
    },
    outbox: {
      take: (limit, priority, paces, where) =>
        gather(limit, where, async (place, most) => {
          const since = localTime()
          const known = Object.entries(paces).flatMap(([channel, pace]) => [channel, ...paceOf(pace)])
          const list = priority === 'reply' ? 'o' : 'n'
          const handed = (await stepAt('take', place, most, list, SENDING_MS, ...known)) as unknown[]
          return handed.flatMap((each) => entryOf(each, since) ?? [])
        }),
      async sent(message, pace) {
        const since = localTime()
        const done = [message.id, listOf(message), ...paceOf(pace), SENDING_MS]
        return entryOf(await step('sent', message.conversationId, ...done), since)
      },
      async withhold(message, pace) {
        const since = localTime()
        const done = [message.id, listOf(message), ...paceOf(pace), SENDING_MS]
        return entryOf(await step('withhold', message.conversationId, ...done), since)
      },
      async putBack(message, how) {
        const held = 'held' in how
        await step(
          'putBack',
          message.conversationId,
          message.id,
          listOf(message),
          held ? localTime() + REPEATS_FOR_MS : how.at,
          held || !how.counts ? 0 : 1,
          !held && how.unknown === true ? 1 : 0,
          held ? 1 : 0,
        )
      },
      async giveUp(message, code, pace) {
        const since = localTime()
        const letter = {
          conversationId: message.conversationId,
          list: listOf(message),
          entry: `${nameOf(message)}\n${JSON.stringify(message)}`,
          code,
          at: since,
        }
        const done = [message.id, listOf(message), ...paceOf(pace), SENDING_MS]
        const letterEntry = `${message.id}\n${JSON.stringify(letter)}`
        return entryOf(await step('giveUp', message.conversationId, ...done, letterEntry), since)
      },
      async add(message, at) {
        const name = nameOf(message)
        const entry = [name, JSON.stringify(message), digest(`out ${name}`), REPEATS_FOR_MS, at]
        return (await step('add', message.conversationId, ...entry)) === 0 ? 'duplicate' : 'stored'
      },
      async receipt(receipt) {
        const { conversationId, outboundId, status } = receipt
        const more = await step(
          'receipt',
          conversationId,
          outboundId,
          receiptRank(status),
          writeReceipt(receipt),
          RECEIPTS_SECONDS,
          status === 'failed' ? 0 : 1,
        )
        return more === 1
      },
      async receipts(conversationId) {
        const kept = await within(commands.hGetAll(`${base(conversationId)}r:${conversationId}`))
        return Object.fromEntries(Object.entries(kept).map(([id, text]) => [id, readReceipt(String(text))]))
      },
      deadLetters: {
        list: () =>
          gather(Number.MAX_SAFE_INTEGER, undefined, async (place) => {
            const letters = await within(commands.zRange(`${bases[place]}dead`, 0, -1))
            return letters.map((letter): DeadLetter => {
              const { entry, code, at } = contentOf(String(letter)) as {
                entry: string
                code: string
                at: number
              }
              return { message: contentOf(entry) as Outbound, code, at }
            })
          }),
        retry: (id) => resolveDeadLetter(id, 1),
        drop: (id) => resolveDeadLetter(id, 0),
      },
      onArrival: listening(departures),
    },
    desk: createRedisDesk({
      step,
      stepAt,
      places: PARTITIONS,
      listen: listening(changes),
      read: async (conversationId) => {
        const held = await within(commands.get(`${base(conversationId)}h:${conversationId}`))
        return held === null ? undefined : String(held)
      },
      lead: (name, ...args) => run('lead', `${prefix}:{lead:${name}}`, ['', ...args]),
    }),
    transcripts: {
      async append(conversationId, entry, mark) {
        const kept = mark === undefined ? '' : digest(mark)
        return Number(await step('say', conversationId, JSON.stringify(entry), kept))
      },
      async list(conversationId, after) {
        const key = `${base(conversationId)}t:${conversationId}`
        const entries = await within(commands.lRange(key, after, -1))
        return entries.map((entry, index) => ({
          sequence: after + index + 1,
          entry: JSON.parse(String(entry)),
        }))
      },
      async find(conversationId, mark) {
        const key = `${base(conversationId)}k:${conversationId}`
        const sequence = await within(commands.hGet(key, digest(mark)))
        return sequence === null ? undefined : Number(sequence)
      },
      length: (conversationId) => within(commands.lLen(`${base(conversationId)}t:${conversationId}`)),
      watch(conversationId, call) {
        const channel = `${base(conversationId)}said:${conversationId}`
        const hear = (text: string) => {
          const line = text.indexOf('\n')
          const entry: TranscriptEntry = {
            sequence: Number(text.slice(0, line)),
            entry: JSON.parse(text.slice(line + 1)),
          }
          call(entry)
        }
        const subscribed = listener.sSubscribe(channel, hear)
        // Without it the reader finds what was said when it looks again.
        subscribed.catch(() => undefined)
        return () => {
          subscribed.then(() => listener.sUnsubscribe(channel, hear)).catch(() => undefined)
        }
      },
    },
    records: {
      async get(key) {
        const value = await run('read', recordKey(key), ['', 'keep'])
        return typeof value === 'string' ? JSON.parse(value) : undefined
      },
      async set(key, value, secondsToLive) {
        const life = String(Math.round(secondsToLive * 1000))
        await run('write', recordKey(key), ['', JSON.stringify(value), life])
      },
      async take(key) {
        const value = await run('read', recordKey(key), ['', 'take'])
        return typeof value === 'string' ? JSON.parse(value) : undefined
      },
      async delete(key) {
        await within(commands.del(recordKey(key)))
      },
    },
    limits: {
      async take(name, wanted, perSecond, kept = 0) {
        const key = `${prefix}:{limit:${name}}`
        const [granted = 0, retryInMs = 0] = (await run('limit', key, [
          '',
          String(wanted),
          String(perSecond),
          String(kept),
        ])) as number[]
        return { granted, retryInMs }
      },
    },
    async ping() {
      await within(commands.get(`${prefix}:{p0}:ping`))
    },
    async close() {
      deadline.stop()
      listener.destroy()
      commands.destroy()
    },
  }

  function recordKey(key: string): string {
    return `${prefix}:{${key}}:record`
  }

  async function resolveDeadLetter(id: string, retry: 0 | 1): Promise<boolean> {
    const found = await Promise.all(bases.map((_, place) => stepAt('dead', place, id, retry)))
    return found.includes(1)
  }
}

/** @throws AppError `store_unavailable`, or the error itself when it is a bug */
function away(cause: unknown): never {
  if (isAway(cause)) throw new AppError('store_unavailable', { cause })
  throw cause
}

function placeOf(conversationId: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < conversationId.length; index += 1) {
    hash = Math.imul(hash ^ conversationId.charCodeAt(index), 0x01000193)
  }
  return (hash >>> 8) % PARTITIONS
}

function listOf(message: Outbound): 'o' | 'n' {
  return message.notice === undefined ? 'o' : 'n'
}

function paceOf(pace: PersonPace | undefined): [number, number] {
  return pace === undefined ? [0, 1] : [pace.everyMs, pace.burst]
}

/** `<when, in base 36> <type> <the rest, if any>`: a conversation keeps many, and most say little. */
function packEvent({ at, type, ...rest }: Event): string {
  const when = at === undefined ? '' : Date.parse(at).toString(36)
  return `${when} ${type}${Object.keys(rest).length === 0 ? '' : ` ${JSON.stringify(rest)}`}`
}

function unpackEvent(text: string): Event {
  const [when = '', type = ''] = text.split(' ', 2)
  const rest = text.slice(when.length + type.length + 2)
  return {
    ...(when !== '' && { at: new Date(Number.parseInt(when, 36)).toISOString() }),
    type,
    ...(rest !== '' && JSON.parse(rest)),
  }
}

/** `<when the person last wrote> <address>`; 0 when they never did. */
function contactOf(text: string | null): Contact {
  if (text === null) return {}
  const space = text.indexOf(' ')
  const lastInboundAt = Number(text.slice(0, space))
  return { address: text.slice(space + 1), ...(lastInboundAt > 0 && { lastInboundAt }) }
}
