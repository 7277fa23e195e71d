import { MemoryStorage, ConversationState as PeerState, TestAdapter, TurnContext } from 'botbuilder'
import { ChoicePrompt, DialogSet, TextPrompt, WaterfallDialog } from 'botbuilder-dialogs'
import { createBot } from '../../src/bot'
import { createLog } from '../../src/log'
import type { Inbound } from '../../src/message'
import { loadUnderstanding } from '../../src/nlu/index'
import { createMemoryStore } from '../../src/store/memory'
import { type TurnDeps, takeTurn } from '../../src/turn'

/**
 * How many whole turns a second (inbox, understanding, dialog, commit, outbox) one process takes, beside a plain
 * botbuilder waterfall with memory storage in the same run. `npm run bench:turns`.
 */
const PEOPLE = 400
const SAID = ['quero simular minha aposentadoria', 'eu conto', 'mulher', '12/03/1966', '27 anos e 4 meses']

async function ours(): Promise<number> {
  const clock = { now: () => new Date() }
  const store = createMemoryStore({ clock })
  const deps: TurnDeps = {
    store,
    bot: createBot(loadUnderstanding()),
    clock,
    log: createLog({ level: 'silent' }),
    contextOf: async (inbound) => ({
      conversationId: inbound.conversationId,
      today: '2026-11-23',
      now: new Date().toISOString(),
      brasilia: { weekday: 1, hour: 12 },
      inss: {} as never,
      amounts: { minimumWage: 162_100, ceiling: 847_555 },
      login: { session: async () => undefined } as never,
    }),
  }
  const started = performance.now()
  for (const [index, text] of SAID.entries()) {
    for (let person = 0; person < PEOPLE; person += 1) {
      const message: Inbound = {
        id: `${person}-${index}`,
        channel: 'web',
        conversationId: `p${person}`,
        at: new Date().toISOString(),
        kind: 'text',
        text,
      }
      await store.inbox.append(message)
      const lease = await store.inbox.lease('bench', 60_000)
      if (lease === undefined) throw new Error('nothing to lease')
      await takeTurn(lease, message, deps)
      await store.inbox.release(lease)
      for (;;) {
        const [entry] = await store.outbox.take(1, new Date())
        if (entry === undefined) break
        await store.outbox.sent(entry.message)
      }
    }
  }
  return (PEOPLE * SAID.length) / ((performance.now() - started) / 1000)
}

async function peer(): Promise<number> {
  const conversation = new PeerState(new MemoryStorage())
  const dialogs = new DialogSet(conversation.createProperty('dialogs'))
  dialogs.add(new TextPrompt('text'))
  dialogs.add(new ChoicePrompt('choice'))
  dialogs.add(
    new WaterfallDialog(
      'form',
      SAID.map((said) => (step) => step.prompt('text', said)),
    ),
  )
  const adapter = new TestAdapter(async () => undefined)
  const started = performance.now()
  for (const text of SAID) {
    for (let person = 0; person < PEOPLE; person += 1) {
      const activity = {
        type: 'message',
        text,
        channelId: 'bench',
        conversation: { id: `p${person}` },
        from: { id: 'x' },
      }
      const context = new TurnContext(adapter, activity as never)
      const dc = await dialogs.createContext(context)
      const result = await dc.continueDialog()
      if (result.status === 'empty') await dc.beginDialog('form')
      await conversation.saveChanges(context)
    }
  }
  return (PEOPLE * SAID.length) / ((performance.now() - started) / 1000)
}

async function main(): Promise<void> {
  await ours()
  await peer()
  const rounds = { ours: [] as number[], peer: [] as number[] }
  for (let round = 0; round < 3; round += 1) {
    rounds.peer.push(await peer())
    rounds.ours.push(await ours())
  }
  const middle = (values: number[]) => [...values].sort((a, b) => a - b)[1] ?? 0
  const [us, them] = [middle(rounds.ours), middle(rounds.peer)]
  process.stdout.write(
    `whole turns a second: ${us.toFixed(0)}; bare botbuilder waterfall: ${them.toFixed(0)}; ratio ${(us / them).toFixed(2)}\n`,
  )
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
  process.exit(1)
})
