import { createBot } from '../../src/bot'
import type { Channel } from '../../src/channels/channel'
import { createGateway } from '../../src/gateway'
import { createLog } from '../../src/log'
import { loadUnderstanding, remembering } from '../../src/nlu/index'
import { createMemoryStore } from '../../src/store/memory'
import { createRedisStore } from '../../src/store/redis'
import { converse, saidBy } from './script'

/**
 * The engine without any provider: durable append → turn → commit → handed to a channel that only notes it. A child of
 * `turns.ts`; the store's address and how many people come as arguments.
 */
async function main([url = 'memory', people = '50', seconds = '10']: string[]): Promise<void> {
  const store = url === 'memory' ? createMemoryStore() : await createRedisStore({ url, prefix: `e${people}` })
  const waiting = new Map<string, (text: string) => void>()
  const channel: Channel = {
    id: 'web',
    whenUnknown: 'resend',
    async send({ conversationId, text, questionId }) {
      if (questionId !== undefined) waiting.get(conversationId)?.(text)
    },
  }
  const clock = { now: () => new Date() }
  const gateway = await createGateway({
    store,
    clock,
    log: createLog({ level: 'error' }),
    channels: [channel],
    work: {
      name: 'engine',
      opens: () => false,
      turn: {
        store,
        bot: createBot(remembering(loadUnderstanding())),
        clock,
        log: createLog({ level: 'silent' }),
        contextOf: async ({ conversationId }) => ({
          conversationId,
          today: '2026-11-23',
          now: new Date().toISOString(),
          brasilia: { weekday: 1, hour: 12 },
          inss: {} as never,
          amounts: { minimumWage: 162_100, ceiling: 847_555 },
          login: { session: async () => undefined } as never,
        }),
      },
    },
  })
  const say = (person: string, turn: number) =>
    new Promise<string>((resolve, reject) => {
      waiting.set(person, resolve)
      gateway
        .receive({
          id: `${person}.${turn}`,
          channel: 'web',
          conversationId: person,
          at: new Date().toISOString(),
          kind: 'text',
          text: saidBy(person, turn),
        })
        .catch(reject)
    })
  await converse(say, { people: Number(people), seconds: 2 })
  const measured = await converse(say, { people: Number(people), seconds: Number(seconds) })
  process.send?.({ measured, megabytes: process.memoryUsage().rss / 1024 / 1024 })
  await gateway.stop()
  await store.close()
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
  process.exit(1)
})
