import { request } from '../../../src/channels/sms/request'
import { type Answer, serve, serveGateway } from './server'

describe('a request to a gateway', () => {
  let answer: Answer = { status: 202 }
  let gateway: Awaited<ReturnType<typeof serveGateway>>

  beforeAll(async () => {
    gateway = await serveGateway(() => answer)
  })
  afterAll(() => gateway.stop())

  test('brings what was answered', async () => {
    answer = { status: 429, headers: { 'Retry-After': '7' }, body: 'later' }
    const { status, headers, body } = await request(`${gateway.url}/a`)
    expect({ status, body, later: headers.get('retry-after') }).toEqual({
      status: 429,
      body: 'later',
      later: '7',
    })
  })

  test('that is not answered in time may have been taken', async () => {
    answer = 'hang'
    await expect(request(gateway.url, {}, 50)).rejects.toMatchObject({
      code: 'cut_short',
      failure: 'unknown',
    })
    expect(gateway.taken.length).toBeGreaterThan(0)
  })

  test('whose connection breaks may have been taken', async () => {
    answer = 'break'
    await expect(request(gateway.url)).rejects.toMatchObject({ code: 'cut_short', failure: 'unknown' })
  })

  test.each([
    [500, 'retry'],
    [503, 'retry'],
    [502, 'unknown'],
    [504, 'unknown'],
  ])('answered with %s is %s', async (status, failure) => {
    answer = { status }
    await expect(request(gateway.url)).rejects.toMatchObject({ code: `http_${status}`, failure })
  })

  test.each(['127.0.0.1', 'localhost', 'nowhere.invalid'])('to nobody at %s was not taken', async (host) => {
    const closed = await serve(undefined)
    await closed.stop()
    const url = closed.url.replace('127.0.0.1', host)
    await expect(request(`${url}/?password=segredo`)).rejects.toMatchObject({
      code: 'not_connected',
      failure: 'retry',
      message: 'not_connected',
      cause: undefined,
    })
  })
})
