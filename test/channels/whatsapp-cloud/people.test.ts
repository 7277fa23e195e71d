import { addresses, type Harness, startHarness } from './harness'
import { messageWebhook, post } from './webhooks'

let harness: Harness

beforeEach(async () => {
  harness = await startHarness()
})
afterEach(async () => {
  await harness.stop()
})

const PHONE = '5511900000001'
const OTHER_PHONE = '5521900000009'
const HOUR = 3_600_000
let count = 0

/** Somebody writes. @returns the conversation it came into */
async function write(person: { phone?: string; bsuid?: string }): Promise<string | undefined> {
  count += 1
  const message = {
    id: `wamid.${count}`,
    timestamp: '1795608000',
    type: 'text',
    text: { body: 'oi' },
    ...(person.phone !== undefined && { from: person.phone }),
    ...(person.bsuid !== undefined && { from_user_id: person.bsuid }),
  }
  expect(await post(harness.url, messageWebhook([message]))).toBe(200)
  return harness.received.at(-1)?.conversationId
}

/** WhatsApp says that somebody moved. @returns the event that was received */
async function moved(system: object, from: object = {}, id = `wamid.system${++count}`) {
  const message = {
    id,
    timestamp: '1795608000',
    type: 'system',
    ...from,
    system: { body: 'User changed', ...system },
  }
  expect(await post(harness.url, messageWebhook([message]))).toBe(200)
  return harness.received.at(-1)
}

test('a conversation tells nothing of the person, and is the same every time', async () => {
  const conversation = await write({ phone: PHONE, bsuid: 'BR.ana' })
  expect(conversation).toMatch(/^[A-Za-z0-9]{22}$/)
  expect(conversation).toBe(addresses.conversationOf('BR.ana'))
  expect(await write({ phone: PHONE, bsuid: 'BR.ana' })).toBe(conversation)
  expect(await write({ bsuid: 'BR.ana' })).toBe(conversation)
  expect(JSON.stringify([...harness.records.held])).not.toMatch(/90000000|BR\./)
})

test('a person known by number and id goes on when only the number comes, with the ninth digit or without', async () => {
  const conversation = await write({ phone: PHONE, bsuid: 'BR.ana' })
  expect(await write({ phone: PHONE })).toBe(conversation)
  const mobile = await write({ phone: '5511987654321', bsuid: 'BR.beto' })
  expect(await write({ phone: '551187654321' })).toBe(mobile)
})

test('a number is the same person with the ninth digit and without, where there is no id at all', async () => {
  expect(await write({ phone: '5511987654321' })).toBe(await write({ phone: '551187654321' }))
})

test('a person who is seen with another number the same day is known by that one too', async () => {
  const conversation = await write({ phone: PHONE, bsuid: 'BR.ana' })
  expect(await write({ phone: OTHER_PHONE, bsuid: 'BR.ana' })).toBe(conversation)
  expect(await write({ phone: OTHER_PHONE })).toBe(conversation)
})

test('the address for sending is the number exactly as it came', async () => {
  await write({ phone: '551187654321' })
  expect(addresses.open(harness.received.at(-1)?.address)).toEqual({ phone: '551187654321' })
})

test('whoever gets a recycled number begins anew, also when only the number comes later', async () => {
  const before = await write({ phone: PHONE, bsuid: 'BR.ana' })
  const after = await write({ phone: PHONE, bsuid: 'BR.carla' })
  expect(after).not.toBe(before)
  harness.forward(HOUR)
  expect(await write({ phone: PHONE })).toBe(after)
  expect(await write({ bsuid: 'BR.ana' })).toBe(before)
})

test('a number that went back to its first holder is theirs again the day after', async () => {
  const ana = await write({ phone: PHONE, bsuid: 'BR.ana' })
  await write({ phone: PHONE, bsuid: 'BR.carla' })
  harness.forward(25 * HOUR)
  await write({ phone: PHONE, bsuid: 'BR.ana' })
  harness.forward(HOUR)
  expect(await write({ phone: PHONE })).toBe(ana)
})

test('a person known by number alone begins anew with an id: the number may have been another’s', async () => {
  const byNumber = await write({ phone: PHONE })
  expect(await write({ phone: PHONE, bsuid: 'BR.ana' })).not.toBe(byNumber)
})

describe('a person who changes the number', () => {
  const change = {
    type: 'user_changed_number',
    wa_id: OTHER_PHONE,
    user_id: 'BR.ana2',
    previous_user_id: 'BR.ana',
  }

  test('keeps the conversation, which hears of it so that the login ends', async () => {
    const conversation = await write({ phone: PHONE, bsuid: 'BR.ana' })
    const event = await moved(change, { from: PHONE })
    expect(event).toMatchObject({ conversationId: conversation, kind: 'event', event: 'number_changed' })
    expect(addresses.open(event?.address)).toEqual({ bsuid: 'BR.ana2' })
    expect(await write({ phone: OTHER_PHONE, bsuid: 'BR.ana2' })).toBe(conversation)
    expect(await write({ bsuid: 'BR.ana2' })).toBe(conversation)
    expect(await write({ phone: OTHER_PHONE })).toBe(conversation)
    harness.forward(400 * 24 * HOUR)
    expect(await write({ phone: OTHER_PHONE, bsuid: 'BR.ana2' })).toBe(conversation)
  })

  test('leaves the old number to somebody who begins anew', async () => {
    const conversation = await write({ phone: PHONE, bsuid: 'BR.ana' })
    await moved(change, { from: PHONE })
    const stranger = await write({ phone: PHONE })
    expect(stranger).not.toBe(conversation)
    expect(await write({ phone: PHONE })).toBe(stranger)
    expect(await write({ phone: PHONE, bsuid: 'BR.carla' })).not.toBe(conversation)
  })

  test('and again, keeps it still', async () => {
    const conversation = await write({ phone: PHONE, bsuid: 'BR.ana' })
    await moved(change, { from: PHONE })
    await moved(
      {
        type: 'user_changed_number',
        wa_id: '5531900000003',
        user_id: 'BR.ana3',
        previous_user_id: 'BR.ana2',
      },
      { from: OTHER_PHONE },
    )
    expect(await write({ phone: '5531900000003', bsuid: 'BR.ana3' })).toBe(conversation)
    expect(await write({ phone: OTHER_PHONE })).not.toBe(conversation)
  })

  test('heard of twice is heard of once', async () => {
    const conversation = await write({ phone: PHONE, bsuid: 'BR.ana' })
    await moved(change, { from: PHONE }, 'wamid.once')
    await moved(change, { from: PHONE }, 'wamid.once')
    expect(await write({ phone: OTHER_PHONE, bsuid: 'BR.ana2' })).toBe(conversation)
    expect(await write({ phone: PHONE })).not.toBe(conversation)
  })

  test('is followed by the numbers where there are no ids, and heard of twice changes nothing', async () => {
    const conversation = await write({ phone: PHONE })
    const byNumbers = { type: 'user_changed_number', wa_id: OTHER_PHONE }
    const event = await moved(byNumbers, { from: PHONE }, 'wamid.once')
    expect(event?.conversationId).toBe(conversation)
    await moved(byNumbers, { from: PHONE }, 'wamid.once')
    expect(await write({ phone: OTHER_PHONE })).toBe(conversation)
    expect(await write({ phone: PHONE })).not.toBe(conversation)
  })

  test('after the number is already another’s takes nothing from them', async () => {
    const ana = await write({ phone: PHONE, bsuid: 'BR.ana' })
    const carla = await write({ phone: PHONE, bsuid: 'BR.carla' })
    await moved(change, { from: PHONE })
    expect(await write({ phone: OTHER_PHONE, bsuid: 'BR.ana2' })).toBe(ana)
    expect(await write({ phone: PHONE })).toBe(carla)
  })

  test('with the new number hidden, keeps the conversation and leaves the old number', async () => {
    const conversation = await write({ phone: PHONE, bsuid: 'BR.ana' })
    const event = await moved(
      { type: 'user_changed_user_id', user_id: 'BR.ana2', previous_user_id: 'BR.ana' },
      { from_user_id: 'BR.ana2' },
    )
    expect(event?.conversationId).toBe(conversation)
    expect(addresses.open(event?.address)).toEqual({ bsuid: 'BR.ana2' })
    expect(await write({ bsuid: 'BR.ana2' })).toBe(conversation)
    expect(await write({ phone: PHONE })).not.toBe(conversation)
  })

  test('and writes in the same webhook comes into the conversation that moved', async () => {
    const conversation = await write({ phone: PHONE, bsuid: 'BR.ana' })
    const system = { id: 'wamid.s', from: PHONE, timestamp: '1795608000', type: 'system', system: change }
    const text = {
      id: 'wamid.t',
      from_user_id: 'BR.ana2',
      timestamp: '1795608001',
      type: 'text',
      text: { body: 'oi' },
    }
    await post(harness.url, messageWebhook([system, text]))
    expect(harness.received.slice(-2).map((each) => each.conversationId)).toEqual([
      conversation,
      conversation,
    ])
  })

  test.each([
    ['nobody before', { type: 'user_changed_user_id', user_id: 'BR.x' }, {}],
    ['nobody now', { type: 'user_changed_number' }, { from: PHONE }],
    ['the same number twice', { type: 'user_changed_number', wa_id: PHONE }, { from: PHONE }],
    ['something else', { type: 'customer_identity_changed', wa_id: PHONE }, { from: PHONE }],
  ])('news of %s changes nothing', async (_, system, from) => {
    const heard = harness.received.length
    await moved(system, from)
    expect(harness.received).toHaveLength(heard)
    expect(harness.records.count.set).toBe(0)
  })
})

describe('the records', () => {
  test('that do not answer leave people seen before where they were, and the others to Meta for later', async () => {
    const { records } = harness
    let down = false
    await harness.stop()
    harness = await startHarness({
      records: { ...records, get: (key) => (down ? Promise.reject(new Error('down')) : records.get(key)) },
    })
    const conversation = await write({ bsuid: 'BR.ana' })
    down = true
    for (let minute = 0; minute < 3; minute++) {
      harness.forward(61_000)
      expect(await write({ bsuid: 'BR.ana' })).toBe(conversation)
    }
    const message = {
      id: 'wamid.x',
      from_user_id: 'BR.beto',
      timestamp: '1',
      type: 'text',
      text: { body: 'oi' },
    }
    expect(await post(harness.url, messageWebhook([message]))).toBe(503)
    down = false
    expect(await post(harness.url, messageWebhook([message]))).toBe(200)
  })

  test('are asked once for a person and minute', async () => {
    await write({ bsuid: 'BR.ana' })
    for (let message = 0; message < 10; message++) await write({ bsuid: 'BR.ana' })
    expect(harness.records.count).toEqual({ get: 1, set: 0 })
    harness.forward(61_000)
    await write({ bsuid: 'BR.ana' })
    expect(harness.records.count).toEqual({ get: 2, set: 0 })
  })

  test('are asked once also when a webhook brings many messages at once', async () => {
    const messages = Array.from({ length: 30 }, (_, index) => ({
      id: `wamid.many${index}`,
      from_user_id: 'BR.ana',
      timestamp: '1795608000',
      type: 'text',
      text: { body: 'oi' },
    }))
    await Promise.all(messages.map((message) => post(harness.url, messageWebhook([message]))))
    expect(harness.records.count.get).toBe(1)
  })

  test('keep the number of a person anew once a day', async () => {
    await write({ phone: PHONE, bsuid: 'BR.ana' })
    expect(harness.records.count).toEqual({ get: 2, set: 2 })
    harness.forward(2 * HOUR)
    await write({ phone: PHONE, bsuid: 'BR.ana' })
    expect(harness.records.count).toEqual({ get: 3, set: 2 })
    harness.forward(23 * HOUR)
    await write({ phone: PHONE, bsuid: 'BR.ana' })
    expect(harness.records.count).toEqual({ get: 4, set: 4 })
  })
})

test('what was promised to a number alone ends when it first comes with an id, once', async () => {
  const before = await write({ phone: PHONE })
  const after = await write({ phone: PHONE, bsuid: 'BR.ana' })
  expect(after).not.toBe(before)
  await write({ phone: PHONE, bsuid: 'BR.ana' })
  harness.forward(25 * HOUR)
  await write({ phone: PHONE, bsuid: 'BR.ana' })
  const events = harness.received.filter(({ kind }) => kind === 'event')
  expect(events).toMatchObject([{ conversationId: before, event: 'number_changed' }])
  expect(harness.received.findIndex(({ kind }) => kind === 'event')).toBe(1)
})

test('nothing ends for somebody whose id came with their number from the start', async () => {
  await write({ phone: PHONE, bsuid: 'BR.ana' })
  await write({ phone: PHONE, bsuid: 'BR.carla' })
  expect(harness.received.filter(({ kind }) => kind === 'event')).toEqual([])
})
