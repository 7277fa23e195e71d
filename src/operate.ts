import { setTimeout as wait } from 'node:timers/promises'
import type { Config } from './config'
import { AppError } from './errors'
import { createRedisStore } from './store/redis'
import type { Records, Store } from './store/store'

const SWITCH = 'control:assistant'
const KEPT_SECONDS = 400 * 86_400
const READ_EVERY_MS = 3000

/** Whether the assistant is turned off, read from what all processes share, a few seconds old at most. */
export function createSwitch(records: Records): () => Promise<boolean> {
  let off = false
  let readAt = 0
  let reading: Promise<boolean> | undefined
  async function read(): Promise<boolean> {
    readAt = performance.now()
    try {
      off = (await records.get(SWITCH)) === 'off'
      return off
    } finally {
      reading = undefined
    }
  }
  return async () => {
    if (reading === undefined && (performance.now() - readAt > READ_EVERY_MS || readAt === 0))
      reading = read()
    // Whoever asks while it is read waits for it, too: the last value may be the wrong one by now.
    return reading ?? off
  }
}

const usage = {
  outbox: 'npm run outbox -- list | retry ID… | drop ID…   (ID, or "all")',
  bot: 'npm run bot -- on | off | status',
} as const

/**
 * `outbox`: the messages that were given up. `bot`: turns the assistant off and on in all processes.
 * @throws AppError `config_invalid` with how it is used
 */
export async function operate(
  command: keyof typeof usage,
  args: string[],
  config: Config,
  say: (line: string) => void,
): Promise<void> {
  if (config.redisUrl === undefined) {
    throw new AppError('config_invalid', {
      message: `${command} needs REDIS_URL, where the assistant keeps what it knows`,
    })
  }
  const store = await createRedisStore({ url: config.redisUrl })
  try {
    if (command === 'bot') await turn(store, args, say)
    else await deadLetters(store, args, say)
  } finally {
    await store.close()
  }
}

async function turn(store: Store, [what = 'status', ...rest]: string[], say: (line: string) => void) {
  if (rest.length > 0 || !['on', 'off', 'status'].includes(what)) {
    throw new AppError('config_invalid', { message: usage.bot })
  }
  if (what === 'off') await store.records.set(SWITCH, 'off', KEPT_SECONDS)
  if (what === 'on') await store.records.delete(SWITCH)
  const off = (await store.records.get(SWITCH)) === 'off'
  say(off ? 'off: everybody is led to people; messages are still taken and kept' : 'on')
  // Processes read it every few seconds.
  if (what !== 'status') await wait(READ_EVERY_MS)
}

async function deadLetters(store: Store, [what = 'list', ...ids]: string[], say: (line: string) => void) {
  const { deadLetters } = store.outbox
  const letters = await deadLetters.list()
  if (what === 'list' && ids.length === 0) {
    for (const { message, code, at } of letters) {
      const kind = message.notice === undefined ? 'reply' : 'notice'
      say(
        [message.id, message.channel, kind, code, new Date(at).toISOString(), message.conversationId].join(
          '\t',
        ),
      )
    }
    say(`${letters.length} given up`)
    return
  }
  if ((what !== 'retry' && what !== 'drop') || ids.length === 0) {
    throw new AppError('config_invalid', { message: usage.outbox })
  }
  const chosen = ids.includes('all') ? letters.map(({ message }) => message.id) : ids
  for (const id of chosen) say(`${id}\t${(await deadLetters[what](id)) ? `${what}: done` : 'not there'}`)
}
