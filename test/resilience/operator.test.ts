import { t } from '../../src/text'
import { describeWithRedis } from '../store/redis-server'
import { type SmallFleet, startSmallFleet, until } from './small-fleet'

jest.setTimeout(90_000)

describeWithRedis('an operator', () => {
  let small: SmallFleet
  beforeAll(async () => {
    small = await startSmallFleet({ alone: true })
    const [port = 0] = small.fleet.slots
    await Promise.all([small.fleet.startGateway(port), small.fleet.startWorker()])
    small.fleet.front.lead(port)
  })
  afterAll(() => small?.stop())

  it('turns the assistant off, so that people are led to the telephone, and on again', async () => {
    const { fleet, say, told, person } = small
    const [before, during, after] = [person(1), person(2), person(3)]
    await say(before, 'simular aposentadoria')
    await until('an answer', () => told(before).length === 1)
    expect(await fleet.command('bot', 'off')).toMatchObject({
      code: 0,
      printed: expect.stringMatching(/^off: /),
    })
    const off = [t('repair.turned_off_now'), t('repair.turned_off_later')]
    expect(await say(during, 'quero me aposentar')).toBe(200)
    expect(await say(before, 'eu conto')).toBe(200)
    await until('both are led to people', () => told(before).length === 2 && told(during).length === 1)
    expect(off).toContain(told(during)[0])
    expect(off).toContain(told(before)[1])
    expect(await say(during, 'alguém aí?')).toBe(200)
    expect(await fleet.command('bot', 'status')).toMatchObject({
      code: 0,
      printed: expect.stringMatching(/^off: /),
    })
    expect(await fleet.command('bot', 'on')).toEqual({ code: 0, printed: 'on\n' })
    expect(await say(after, 'simular aposentadoria')).toBe(200)
    await until('an answer', () => told(after).length === 1)
    expect(off).not.toContain(told(after)[0])
    // Nothing was forgotten meanwhile, and it was said once that the assistant is off.
    expect(await say(before, 'eu conto')).toBe(200)
    await until('the form goes on', () => told(before).length === 3)
    expect(told(before)[2]).toMatch(/mulher ou de um homem/)
    expect(told(during)).toHaveLength(1)
  })

  it('sees the messages that were given up, and sends them again or drops them', async () => {
    const { fleet, graph, say, told, person } = small
    const [again, never] = [person(11), person(12)]
    graph.answer = () => ({ error: 131026 })
    await say(again, 'simular aposentadoria')
    await say(never, 'simular aposentadoria')
    const listed = async () => (await fleet.command('outbox', 'list')).printed.trim().split('\n')
    await until('both are given up', async () => (await listed()).length === 3)
    const lines = await listed()
    expect(lines.at(-1)).toBe('2 given up')
    const row = (index: number) => {
      const { conversationId } = person(index)
      return lines.find((line) => line.endsWith(`\t${conversationId}`)) ?? ''
    }
    expect(row(11)).toMatch(/^[\w-]{16}\.1\twhatsapp-cloud\treply\t131026\t\d{4}-\d\d-\d\dT[\d:.]+Z\t\w{22}$/)
    expect(lines.join()).not.toMatch(/55119|BR\.7|aposentadoria/)
    graph.answer = () => 'normal'
    const idOf = (line: string) => line.split('\t')[0] ?? ''
    expect((await fleet.command('outbox', 'retry', idOf(row(11)))).printed).toBe(
      `${idOf(row(11))}\tretry: done\n`,
    )
    await until('it goes out', () => told(again).length === 1)
    expect((await fleet.command('outbox', 'drop', idOf(row(12)))).printed).toBe(
      `${idOf(row(12))}\tdrop: done\n`,
    )
    expect(await listed()).toEqual(['0 given up'])
    expect((await fleet.command('outbox', 'retry', idOf(row(12)))).printed).toMatch(/not there/)
    await say(never, 'eu conto')
    await until('the conversation goes on', () => told(never).length === 1)
    expect(told(never)[0]).toMatch(/mulher ou de um homem/)
  })
})
