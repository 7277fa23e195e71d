import { createHash } from 'node:crypto'
import { createClient } from 'redis'
import { type QueueScript, queueScripts } from './queue-scripts'

/** What a worker makes of a message. */
export type Handle = (conversation: string, name: string, worker: string) => Promise<string>

export type Queue = {
  /** Durable when it resolves. */
  append(conversation: string, name: string, message: string): Promise<void>
  /** Starts a worker. @returns how it ends: at once, giving nothing back; frozen, it writes once more when it wakes */
  work(worker: string, handle: Handle, done: (name: string) => void): Promise<End>
  stop(): Promise<void>
}

export type End = (how?: 'frozen') => void

export type Kind = { name: string; open: (url: string) => Promise<Queue> }

export const PARTITIONS = 16
/** A worker that says nothing for this long is dead. */
export const LEASE_MS = 1500
const AT_ONCE = 256
/** Without a word of it, a worker looks for what the dead left. */
const LOOK_EVERY_MS = 500
/** A state as long as that of a conversation in its fifth turn. */
const STATE = JSON.stringify({ facts: 'x'.repeat(780) })

type Client = Awaited<ReturnType<typeof connect>>

async function connect(url: string) {
  const client = createClient({ url, RESP: 2 })
  client.on('error', () => undefined)
  await client.connect()
  return client
}

function baseOf(place: number): string {
  return `queue:{p${place}}:`
}

function placeOf(conversation: string): number {
  return createHash('sha1').update(conversation).digest().readUInt16BE(0) % PARTITIONS
}

const places = Array.from({ length: PARTITIONS }, (_, place) => place)

/** A connection that runs scripts. */
async function scripting(url: string) {
  const client = await connect(url)
  const shas = new Map<string, string>()
  for (const [name, source] of Object.entries(queueScripts)) shas.set(name, await client.scriptLoad(source))
  return {
    client,
    run: (name: QueueScript, place: number, ...args: (string | number)[]) =>
      client.evalSha(shas.get(name) ?? '', {
        keys: [`${baseOf(place)}ready`],
        arguments: [baseOf(place), ...args.map(String)],
      }),
  }
}

type Take = (place: number, conversation: string, fence: number, waiting: string[]) => void

/** Ours: a list of each conversation and what is ready, a step for each of append, take and commit. */
export const lists: Kind = { name: 'list each, ready set', open: (url) => openLists(url, false) }

/** The same, where messages are stored by whoever works on them: append and take are one step. */
export const listsTogether: Kind = {
  name: 'list each, stored and taken in one',
  open: (url) => openLists(url, true),
}

async function openLists(url: string, together: boolean): Promise<Queue> {
  const front = await scripting(url)
  const stops: End[] = []
  const takers: Take[] = []
  let next = 0
  return {
    async append(conversation, name, message) {
      const place = placeOf(conversation)
      next += 1
      const taker = together ? takers[next % takers.length] : undefined
      if (taker === undefined) {
        await front.run('listAppend', place, conversation, name, message)
        return
      }
      const stored = await front.run('listAppendAndTake', place, conversation, name, message, LEASE_MS)
      if (!Array.isArray(stored)) return
      const [fence, , waiting] = stored as unknown as [number, string, string[] | null]
      taker(place, conversation, fence, waiting ?? [`${name}\n${message}`])
    },
    async work(worker, handle, done) {
      const { client, run } = await scripting(url)
      const listener = await connect(url)
      let alive = true
      let busy = 0
      const looking = new Map<number, boolean>()
      const look = (place: number) => {
        if (looking.has(place)) looking.set(place, true)
        else void lookAt(place).catch(() => undefined)
      }
      async function lookAt(place: number): Promise<void> {
        do {
          looking.set(place, false)
          const room = AT_ONCE - busy
          if (room <= 0 || !alive) break
          const found = (await run('listTake', place, '', LEASE_MS, room)) as unknown as [
            string,
            number,
            string,
            string[],
          ][]
          for (const [conversation, fence, , waiting] of found) take(place, conversation, fence, waiting)
        } while (looking.get(place) === true)
        looking.delete(place)
      }
      const take: Take = (place, conversation, fence, waiting) => {
        busy += 1
        through(place, conversation, fence, waiting)
          .catch(() => undefined)
          .finally(() => {
            busy -= 1
          })
      }
      takers.push(take)
      async function through(place: number, conversation: string, fence: number, first: string[]) {
        for (let waiting = first; waiting.length > 0; ) {
          const name = (waiting[0] ?? '').split('\n', 1)[0] ?? ''
          const reply = await handle(conversation, name, worker)
          const after = await run('listCommit', place, conversation, fence, name, STATE, reply)
          if (!Array.isArray(after)) return
          done(name)
          waiting = after as string[]
        }
      }
      for (const place of places) await listener.sSubscribe(`${baseOf(place)}wake`, () => look(place))
      const timer = setInterval(() => places.forEach(look), LOOK_EVERY_MS)
      places.forEach(look)
      const end: End = (how) => {
        alive = false
        takers.splice(takers.indexOf(take), 1)
        clearInterval(timer)
        if (how === 'frozen') return
        client.destroy()
        listener.destroy()
      }
      stops.push(end)
      return end
    },
    stop: async () => stopAll(stops, front.client),
  }
}

type Entry = { place: number; entry: string; conversation: string; sequence: string; name: string }

/**
 * What streams and moved lists have in common: messages of a conversation may come to different workers, so each
 * waits here until it is its turn.
 */
async function inTurn(
  url: string,
  worker: string,
  handle: Handle,
  done: (name: string) => void,
  commit: (run: Scripting['run'], entry: Entry, fence: number, reply: string) => Promise<unknown>,
) {
  const { client, run } = await scripting(url)
  const listener = await connect(url)
  const parked = new Map<string, Entry[]>()
  let busy = 0
  let room: (() => void) | undefined

  async function take(entries: Entry[]): Promise<void> {
    const [first] = entries
    if (first === undefined) return
    const asked = entries.flatMap(({ conversation, sequence }) => [conversation, sequence])
    const turns = (await run('turns', first.place, '', LEASE_MS, ...asked)) as unknown as (
      | [number, string]
      | null
    )[]
    for (const [index, entry] of entries.entries()) {
      const turn = turns[index]
      if (turn === null || turn === undefined) park(entry)
      else void through(entry, turn[0]).catch(() => undefined)
    }
  }

  function park(entry: Entry): void {
    const waiting = parked.get(entry.conversation)
    if (waiting === undefined) parked.set(entry.conversation, [entry])
    else if (!waiting.some((each) => each.entry === entry.entry)) waiting.push(entry)
  }

  /** Those of a conversation that waited here are tried again, the oldest first. */
  function again(conversation: string): void {
    const waiting = parked.get(conversation)
    if (waiting === undefined) return
    waiting.sort((a, b) => Number(a.sequence) - Number(b.sequence))
    const next = waiting.shift()
    if (waiting.length === 0) parked.delete(conversation)
    if (next !== undefined) void take([next]).catch(() => undefined)
  }

  async function through(entry: Entry, fence: number): Promise<void> {
    busy += 1
    try {
      const reply = await handle(entry.conversation, entry.name, worker)
      if ((await commit(run, entry, fence, reply)) === 1) done(entry.name)
    } finally {
      busy -= 1
      room?.()
    }
  }

  for (const place of places) await listener.sSubscribe(`${baseOf(place)}wake`, again)
  const timer = setInterval(() => [...parked.keys()].forEach(again), LOOK_EVERY_MS)
  return {
    client,
    run,
    take,
    /** Resolves when there is room for more. */
    async hasRoom(): Promise<void> {
      while (busy >= AT_ONCE) await new Promise<void>((resolve) => (room = resolve))
    },
    end(how?: 'frozen') {
      clearInterval(timer)
      if (how === 'frozen') return
      client.destroy()
      listener.destroy()
    },
  }
}

type Scripting = Awaited<ReturnType<typeof scripting>>

/** A stream of each partition, whose group gives each entry to one worker. */
export const streams: Kind = {
  name: 'streams, a group each',
  async open(url) {
    const front = await scripting(url)
    for (const place of places)
      await front.client.xGroupCreate(`${baseOf(place)}stream`, 'workers', '0', { MKSTREAM: true })
    const stops: End[] = []
    return {
      async append(conversation, name, message) {
        await front.run('streamAppend', placeOf(conversation), conversation, name, message)
      },
      async work(worker, handle, done) {
        const mine = await inTurn(url, worker, handle, done, (run, each, fence, reply) =>
          run('streamCommit', each.place, each.conversation, fence, each.sequence, STATE, reply, each.entry),
        )
        // One server: all streams in one call. A Cluster needs a connection for each of them.
        const reader = await connect(url)
        const keys = places.map((place) => `${baseOf(place)}stream`)
        const read = [
          'XREADGROUP',
          'GROUP',
          'workers',
          worker,
          'COUNT',
          '64',
          'BLOCK',
          '0',
          'STREAMS',
          ...keys,
        ]
        const reading = async () => {
          for (;;) {
            await mine.hasRoom()
            const found = (await reader.sendCommand([...read, ...keys.map(() => '>')])) as unknown as Found[]
            for (const [key, entries] of found ?? [])
              void mine.take(entries.map((each) => entryOf(keys.indexOf(key), each))).catch(() => undefined)
          }
        }
        reading().catch(() => undefined)
        const claim = async (place: number) => {
          const key = keys[place] ?? ''
          const claimed = (await mine.client.sendCommand([
            ...['XAUTOCLAIM', key, 'workers', worker, String(LEASE_MS), '0', 'COUNT', '100'],
          ])) as unknown as [string, [string, string[]][]]
          await mine.take(claimed[1].map((each) => entryOf(place, each)))
        }
        const timer = setInterval(() => {
          for (const place of places) claim(place).catch(() => undefined)
        }, LOOK_EVERY_MS)
        const end: End = (how) => {
          clearInterval(timer)
          reader.destroy()
          mine.end(how)
        }
        stops.push(end)
        return end
      },
      stop: async () => stopAll(stops, front.client),
    }
  },
}

type Found = [string, [string, string[]][]]

function entryOf(place: number, [entry, fields]: [string, string[]]): Entry {
  const [, conversation = '', , sequence = '', , name = ''] = fields
  return { place, entry, conversation, sequence, name }
}

/** A list of each partition, from which each message is moved to a list of the worker. */
export const moves: Kind = {
  name: 'BLMOVE to a list each worker',
  async open(url) {
    const front = await scripting(url)
    const stops: End[] = []
    return {
      async append(conversation, name, message) {
        await front.run('moveAppend', placeOf(conversation), conversation, name, message)
      },
      async work(worker, handle, done) {
        const mine = await inTurn(url, worker, handle, done, (run, each, fence, reply) =>
          run(
            'moveCommit',
            each.place,
            each.conversation,
            fence,
            each.sequence,
            STATE,
            reply,
            each.entry,
            worker,
          ),
        )
        const readers: Client[] = []
        const reading = async (place: number, reader: Client) => {
          for (;;) {
            await mine.hasRoom()
            const base = baseOf(place)
            const entry = await reader.blMove(`${base}queue`, `${base}working:${worker}`, 'RIGHT', 'LEFT', 0)
            if (entry === null) continue
            const [conversation = '', sequence = '', name = ''] = entry.split('\n', 3)
            void mine.take([{ place, entry, conversation, sequence, name }]).catch(() => undefined)
          }
        }
        const live = () =>
          Promise.all(places.map((place) => mine.run('moveAlive', place, '', worker, LEASE_MS))).catch(
            () => undefined,
          )
        await live()
        for (const place of places) {
          const reader = await connect(url)
          readers.push(reader)
          reading(place, reader).catch(() => undefined)
        }
        const timer = setInterval(live, LOOK_EVERY_MS)
        const end: End = (how) => {
          clearInterval(timer)
          for (const reader of readers) reader.destroy()
          mine.end(how)
        }
        stops.push(end)
        return end
      },
      stop: async () => stopAll(stops, front.client),
    }
  },
}

function stopAll(stops: End[], client: Client): void {
  for (const stop of stops.splice(0)) stop()
  client.destroy()
}
