import { Webhook } from 'standardwebhooks'
import { createWorld, secret, type World, whatsapp } from './world'

let world: World
beforeEach(async () => {
  world = await createWorld('2026-11-25T15:00:00Z')
  await world.optIn(whatsapp, 'rosa')
})
afterEach(() => world.stop())

it('agrees with the signature of Standard Webhooks on its own example', () => {
  const signed = new Webhook(secret).sign(
    'msg_p5jXN8AQM9LWM0D4loKWxJek',
    new Date(1_614_265_330_000),
    '{"test": 2432232314}',
  )
  expect(signed).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=')
})

describe('an event of the INSS API', () => {
  it('becomes a notice of the person it names', async () => {
    expect(await world.post(world.event('pessoa-rosa', 'payment.credited', { date: '2026-11-25' }))).toBe(204)
    await world.drain()
    expect(world.sent).toEqual([
      {
        id: expect.stringMatching(/^n[\w-]{21}\.whatsapp-cloud$/),
        ...whatsapp,
        at: '2026-11-25T15:00:00.000Z',
        text: expect.stringMatching(
          /^Assistente Meu INSS: o seu pagamento caiu\. .* Código deste aviso: [34679CDFGHJKMNPQRTWXY]{4}-[34679CDFGHJKMNPQRTWXY]{4}\. Para não receber mais, escreva PARAR\.$/,
        ),
      },
    ])
  })

  it('is taken once, however often it is delivered, also at the same time', async () => {
    const event = world.event('pessoa-rosa', 'request.moved')
    const answers = await Promise.all([world.post(event), world.post(event), world.post(event)])
    expect([...answers, await world.post(event)]).toEqual([204, 204, 204, 204])
    await world.drain()
    expect(world.sent).toHaveLength(1)
  })

  it('is taken in any order: each is news of its own', async () => {
    const older = { ...world.event('pessoa-rosa', 'request.moved'), timestamp: '2026-11-24T15:00:00.000Z' }
    await world.post(world.event('pessoa-rosa', 'request.decided', { automatic: false, status: 'denied' }))
    await world.post(older)
    await world.drain()
    expect(world.sent.map(({ text }) => /INSS: (.*?)\./.exec(text)?.[1])).toEqual([
      'o seu pedido já tem resposta',
      'o seu pedido andou',
    ])
  })

  it.each([
    ['of a type we do not know', 'benefit.reviewed', {}],
    ['of a request the person just made', 'request.created', { automatic: false }],
    ['decided at once where it was asked', 'request.decided', { automatic: true, status: 'granted' }],
    ['that the person gave up themselves', 'request.decided', { automatic: false, status: 'withdrawn' }],
  ])('%s is taken and says nothing', async (_, type, data) => {
    expect(await world.post(world.event('pessoa-rosa', type, data))).toBe(204)
    await world.drain()
    expect(world.sent).toEqual([])
  })

  it('taken before somebody wanted it is not told when it is delivered again after', async () => {
    const event = world.event('pessoa-rosa', 'payment.credited')
    await world.optIn(whatsapp, 'rosa', ['pedido'])
    await world.post(event)
    await world.optIn(whatsapp, 'rosa')
    await world.post(event)
    await world.drain()
    expect(world.sent).toEqual([])
  })

  it('more than a week old is no news any more', async () => {
    const event = { ...world.event('pessoa-rosa', 'request.moved'), timestamp: '2026-11-18T14:59:59.000Z' }
    expect(await world.post(event)).toBe(204)
    await world.drain()
    expect(world.sent).toEqual([])
  })

  it('about somebody who wants no notices makes us stop being told', async () => {
    expect(await world.post(world.event('pessoa-outra', 'payment.credited'))).toBe(204)
    await world.drain()
    expect([world.sent, world.asked.unfollow]).toEqual([[], ['pessoa-outra']])
  })
})

describe('is refused', () => {
  const cases: [string, (event: object) => Promise<number>, number][] = [
    ['without a signature', (event) => world.post(event, { headers: { 'webhook-signature': '' } }), 401],
    ['with a wrong one', (event) => world.post(event, { headers: { 'webhook-signature': 'v1,AAAA' } }), 401],
    [
      'signed with another secret',
      (event) => world.post(event, { headers: signed(event, 'whsec_b3V0cm8gc2VncmVkbw==') }),
      401,
    ],
    [
      'with a changed body',
      (event) => world.post(event, { headers: signed({ ...event, person: 'x' }) }),
      401,
    ],
    ['under another id', (event) => world.post(event, { headers: { 'webhook-id': 'evt_outro' } }), 401],
    ['whose signed id is not its own', (event) => world.post(event, { headers: underAnotherId(event) }), 400],
    [
      'older than five minutes',
      (event) => world.post(event, { headers: signed(event, secret, -301_000) }),
      401,
    ],
    [
      'of more than five minutes to come',
      (event) => world.post(event, { headers: signed(event, secret, 302_000) }),
      401,
    ],
    ['that is no event', () => world.post({ id: 'evt_9', nada: 1 }), 400],
    ['that is no JSON', () => world.post({ id: 'evt_9' }, { body: '{"a":' }), 400],
    ['above a mebibyte', () => world.post({ id: 'evt_9', nada: 'x'.repeat(1_100_000) }), 413],
  ]
  it.each(cases)('%s', async (_, send, status) => {
    expect(await send(world.event('pessoa-rosa', 'payment.credited'))).toBe(status)
    await world.drain()
    expect(world.sent).toEqual([])
  })

  it('but not four minutes old', async () => {
    const event = world.event('pessoa-rosa', 'payment.credited')
    expect(await world.post(event, { headers: signed(event, secret, -240_000) })).toBe(204)
  })

  function underAnotherId(event: object): Record<string, string> {
    const at = new Date()
    return {
      'webhook-id': 'evt_outro',
      'webhook-signature': new Webhook(secret).sign('evt_outro', at, JSON.stringify(event)),
    }
  }

  function signed(event: object, by = secret, late = 0): Record<string, string> {
    const at = new Date(Date.now() + late)
    const { id } = event as { id: string }
    return {
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(by).sign(id, at, JSON.stringify(event)),
    }
  }
})

it('says 503 until the notice is safe, and then sends it once', async () => {
  const event = world.event('pessoa-rosa', 'payment.credited')
  world.failing.add = true
  expect(await world.post(event)).toBe(503)
  world.failing.add = false
  expect(await world.post(event)).toBe(204)
  await world.drain()
  expect(world.sent).toHaveLength(1)
})

it('logs ids and codes, and never a person, a text or a code', async () => {
  await world.post(world.event('pessoa-rosa', 'payment.credited'))
  await world.post(world.event('pessoa-rosa', 'payment.credited'), {
    headers: { 'webhook-signature': 'v1,AAAA' },
  })
  await world.drain()
  await world.receipt(world.sent[0], 'delivered')
  expect(world.logged()).toContain('inss_event_taken')
  expect(world.logged()).toContain('notice_status')
  const hidden = [
    'rosa',
    'pagamento',
    secret,
    world.codeIn(world.sent[0]),
    world.codeIn(world.sent[0]).replace('-', ''),
  ]
  for (const each of hidden) expect(world.logged()).not.toContain(each)
})
