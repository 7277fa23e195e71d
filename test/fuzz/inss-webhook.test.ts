import fc from 'fast-check'
import { Webhook } from 'standardwebhooks'
import { createWorld, secret, type World, whatsapp } from '../notices/world'
import { always, LONG, oddBody, oddHeaders, oddText, tooMuch } from './hostile'
import { type Answer, expectHarmless, type Hostile, hangUp, send } from './send'

jest.setTimeout(LONG)

const MEGABYTE = 1024 * 1024

let world: World
beforeAll(async () => {
  world = await createWorld('2026-11-25T15:00:00Z')
  await world.optIn(whatsapp, 'rosa')
})
afterAll(async () => {
  hangUp()
  await world.stop()
})

const at = '2026-11-25T15:00:00.000Z'
const event = (type: string, data: object) => ({
  id: 'evt_1',
  type,
  timestamp: at,
  person: 'pessoa-rosa',
  data,
})
const events = [
  event('payment.credited', { date: '2026-11-27' }),
  event('payment.returned', { date: '2026-11-27' }),
  event('request.decided', { service: 'salario-maternidade', status: 'granted', automatic: false }),
  event('request.document_required', { service: 'salario-maternidade', status: 'needs_document' }),
  event('appointment.tomorrow', { date: '2026-11-26', time: '14:30' }),
]
/** Days and hours that look like some, and are none. */
const appointment = fc
  .record({ date: fc.stringMatching(/^\d{4}-[01]\d-[0-3]\d$/), time: fc.stringMatching(/^\d\d:\d\d$/) })
  .map((data) => Buffer.from(JSON.stringify(event('appointment.tomorrow', data))))
const body = fc.oneof({ weight: 9, arbitrary: oddBody(...events) }, { weight: 1, arbitrary: appointment })

/** As the INSS API signs it, with a key and an age. */
function signed(bytes: Buffer, id: string, by = secret, late = 0): [string, string][] {
  const now = new Date(Date.now() - late)
  return [
    ['content-type', 'application/json'],
    ['webhook-id', id],
    ['webhook-timestamp', String(Math.floor(now.getTime() / 1000))],
    ['webhook-signature', new Webhook(by).sign(id, now, bytes.toString())],
  ]
}

async function post(bytes: Buffer, headers: [string, string][]): Promise<Answer> {
  const request: Hostile = { method: 'POST', path: '/webhooks/inss', headers, body: bytes }
  const answer = await send(world.url, request)
  expectHarmless(answer, request)
  return answer
}

/** How many events were taken, and what they became. */
function taken(): { events: number; sent: number } {
  return { events: world.logged().split('inss_event_taken').length - 1, sent: world.sent.length }
}

test('whatever the INSS API signs is taken or refused, and what is taken can be told', async () => {
  await always(fc.tuple(body, fc.nat(1_000_000_000)), async ([bytes, number]) => {
    // Each event is another one, as far as its disorder leaves it an id.
    const id = `evt_${number}`
    const own = Buffer.from(bytes.toString('latin1').replace('"evt_1"', `"${id}"`), 'latin1')
    const { status } = await post(own, signed(own, id))
    // What is signed is text: bytes that are none cannot be signed.
    const isText = Buffer.from(own.toString()).equals(own)
    const right = isText ? [204, 400] : [204, 400, 401]
    expect(own.length > MEGABYTE ? [413] : right).toContain(status)
    if (status === 204) expect(JSON.parse(own.toString()).id).toBe(id)
    await world.drain()
  })
  await world.pass(24)
  for (const { text } of world.sent) expect(text).not.toMatch(/NaN|undefined|Invalid|null/)
})

test('whatever others send is refused, and nothing of it taken', async () => {
  const before = taken()
  const header = fc.oneof(
    fc.constantFrom(
      '',
      'v1,',
      'v1',
      'v1a,AAAA',
      ' ',
      ',',
      'v1,AAAA v1,AAAA',
      '-1',
      '1e400',
      '9'.repeat(400),
      '\xff',
    ),
    fc.string({ maxLength: 30 }).filter((text) => /^[\t\x20-\x7e]*$/.test(text)),
  )
  const right = fc.constant(undefined)
  const wrong = fc.oneof(
    fc.record({ id: fc.oneof(right, header), timestamp: fc.oneof(right, header), signature: header }),
    fc.record({ by: oddText.map((text) => `x${text}`.slice(0, 100)) }),
    fc.record({ late: fc.constantFrom(310_000, -400_000, 86_400_000) }),
  )
  await always(fc.tuple(body, wrong, oddHeaders), async ([bytes, how, odd]) => {
    let headers: [string, string][]
    if ('by' in how) headers = signed(bytes, 'evt_1', `whsec_${Buffer.from(how.by).toString('base64')}`)
    else if ('late' in how) headers = signed(bytes, 'evt_1', secret, how.late)
    else {
      headers = signed(bytes, 'evt_1').map(([name, value]) => [
        name,
        how[name.slice(8) as keyof typeof how] ?? value,
      ])
    }
    const { status } = await post(bytes, [...headers, ...odd])
    expect(bytes.length > MEGABYTE ? [413, 415] : [401, 415]).toContain(status)
  })
  expect(taken()).toEqual(before)
})

test('a megabyte is read and no more, pressed bodies not at all, and depth does no harm', async () => {
  const before = taken()
  const { plain, pressed } = tooMuch(Buffer.from('{'))
  expect((await post(plain, signed(plain, 'evt_1'))).status).toBe(413)
  const zipped = [...signed(pressed, 'evt_1'), ['content-encoding', 'gzip']] as [string, string][]
  expect((await post(pressed, zipped)).status).toBe(415)
  const deep = Buffer.from(`{"id":"evt_1","data":${'['.repeat(400_000)}${']'.repeat(400_000)}}`)
  expect((await post(deep, signed(deep, 'evt_1'))).status).toBe(400)
  expect(taken()).toEqual(before)
})
