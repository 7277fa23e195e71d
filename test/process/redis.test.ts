import { describeWithRedis, startRedis } from '../store/redis-server'
import { openDirectLine } from './direct-line'
import { newDataFolder, startBuiltProduct } from './product'

jest.setTimeout(90_000)

describeWithRedis('the product on Redis', () => {
  it('goes on where it was after the process was killed', async () => {
    const redis = await startRedis()
    const environment = { DATA_FOLDER: newDataFolder(), REDIS_URL: redis.url }
    const first = await startBuiltProduct(environment)
    const chat = await openDirectLine(first.chat)
    await chat.say('quero simular minha aposentadoria')
    const before = await chat.replies(4)
    expect(before.at(-1)).toMatch(/Você prefere me contar/)
    await first.stop('SIGKILL')
    const second = await startBuiltProduct({ ...environment, PORT: new URL(first.chat).port })
    const again = chat.at(second.chat)
    await again.say('eu conto')
    const after = await again.replies(before.length + 1)
    expect(after.slice(0, before.length)).toEqual(before)
    expect(after.at(-1)).toMatch(/mulher ou de um homem/)
    await second.stop()
    await redis.stop()
  })
})
