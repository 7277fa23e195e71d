import { createLog } from '../../src/log'
import { createSender } from '../../src/sender'
import { createMemoryStore } from '../../src/store/memory'
import { commitReplies, createFakeChannel, createHandClock, outboundOf, until } from '../delivery/harness'

describe('a reply whose processes died one after another before they sent it', () => {
  it('still goes out by the next one: it has not been heard of, but it was hardly on its way either', async () => {
    const clock = createHandClock()
    const store = createMemoryStore({ clock })
    await commitReplies(store, [outboundOf('r1')])
    for (let dead = 0; dead < 4; dead += 1) {
      clock.forward(21)
      expect(await store.outbox.take(1, 'reply', {})).toHaveLength(1)
    }
    const { channel, sent } = createFakeChannel({ whenUnknown: 'await_receipt' })
    const sender = createSender({ store, channels: [channel], clock, log: createLog({ level: 'silent' }) })
    clock.forward(21)
    sender.drain()
    await until(async () => (await store.outbox.take(1, 'reply', {})).length === 0)
    clock.forward(31)
    sender.drain()
    await until(() => sent().length === 1, 'the reply')
    expect(await store.outbox.deadLetters.list()).toEqual([])
    await sender.stop()
  })
})
