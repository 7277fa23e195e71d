import { describeWithRedis } from '../store/redis-server'
import { table } from './judgement'
import { shortForm, soak } from './soak'

jest.setTimeout(240_000)

describeWithRedis('people on WhatsApp while everything is killed, frozen and replaced', () => {
  it('are each told what they must be told, once and in order', async () => {
    const verdict = await soak(shortForm)
    if (verdict.violations.length > 0) throw new Error([table(verdict), ...verdict.violations].join('\n'))
  })
})
