import { randomUUID } from 'node:crypto'
import { createRedisStore } from '../../src/store/redis'
import { describeWithRedis, type RunningRedis, startRedis } from '../store/redis-server'
import { createWorld, sms, type World, whatsapp } from './world'

describeWithRedis('notices of two processes over one Redis', () => {
  let redis: RunningRedis
  let one: World
  let other: World
  beforeAll(async () => {
    redis = await startRedis()
    const prefix = randomUUID()
    const start = '2026-11-25T13:00:00Z'
    const store = (clock: World['clock']) => createRedisStore({ url: redis.url, prefix, clock })
    one = await createWorld(start, { store })
    other = await createWorld(start, { store })
  })
  afterAll(async () => {
    await one.stop()
    await other.stop()
    await redis.stop()
  })

  const both = <T>(act: (world: World) => Promise<T> | T) => Promise.all([act(one), act(other)])
  const sent = () => [...one.sent, ...other.sent].map(({ channel, at }) => `${channel} ${at.slice(11, 16)}`)

  it('send each event once on each channel that is needed, whichever process hears what', async () => {
    await one.optIn(whatsapp, 'rosa')
    await other.optIn(sms, 'rosa')
    const event = one.event('pessoa-rosa', 'payment.credited')
    expect(await both((world) => world.post(event))).toEqual([204, 204])
    await both((world) => world.drain())
    expect(sent()).toEqual(['whatsapp-cloud 13:00'])
    await both((world) => world.set('2026-11-25T17:00:00Z'))
    await both((world) => world.drain())
    expect(sent().sort()).toEqual(['sms-kannel 17:00', 'whatsapp-cloud 13:00'])
  })

  it('stop in both when one is asked to', async () => {
    await other.notices.optOut('whatsapp-cloud', whatsapp.conversationId)
    await one.notices.optOut('sms-kannel', sms.conversationId)
    await other.post(other.event('pessoa-rosa', 'payment.credited', {}, 'evt_depois'))
    await both((world) => world.set('2026-11-25T22:00:00Z'))
    await both((world) => world.drain())
    expect(sent()).toHaveLength(2)
  })
})
