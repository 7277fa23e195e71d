import { createClient, textsOf } from './client'
import { type Harness, SECRET, startHarness, until } from './harness'

let harness: Harness
let inboxDown = false
const { call, start, say, read, readUntil } = createClient(() => harness.url)

beforeAll(async () => {
  harness = await startHarness({ failing: () => inboxDown })
})
afterAll(() => harness.stop())

describe('tokens', () => {
  test('the secret gives a token of half an hour for a new conversation', async () => {
    const { status, body } = await call('POST', '/tokens/generate', SECRET)
    expect(status).toBe(200)
    expect(body).toEqual({ conversationId: expect.any(String), token: expect.any(String), expires_in: 1800 })
  })

  test.each([
    ['no secret', undefined],
    ['another secret', 'guess'],
  ])('%s gives nothing', async (_name, bearer) => {
    const { status, body } = await call('POST', '/tokens/generate', bearer)
    expect(status).toBe(401)
    expect(body).toEqual({ error: { code: 'Unauthorized', message: expect.any(String) } })
  })

  test('a token cannot make tokens for other conversations', async () => {
    const { token } = await start()
    expect((await call('POST', '/tokens/generate', token)).status).toBe(403)
  })

  test('a token is renewed before it expires, for the same conversation', async () => {
    const started = await start()
    harness.clock.forward(29)
    const renewed = await call('POST', '/tokens/refresh', started.token)
    expect(renewed.body).toEqual({
      conversationId: started.conversationId,
      token: expect.any(String),
      expires_in: 1800,
    })
    harness.clock.forward(2)
    const late = await call('POST', '/tokens/refresh', started.token)
    expect([late.status, late.body.error.code]).toEqual([403, 'TokenExpired'])
    const path = `/conversations/${started.conversationId}/activities`
    expect((await call('GET', path, started.token)).status).toBe(403)
    expect((await call('GET', path, renewed.body.token)).status).toBe(200)
  })

  test('a changed token is refused', async () => {
    const { conversationId, token } = await start()
    const { status } = await call('GET', `/conversations/${conversationId}`, `${token.slice(0, -3)}abc`)
    expect(status).toBe(401)
  })

  test('a token opens no other conversation', async () => {
    const mine = await start()
    const theirs = await start()
    const { status, body } = await call(
      'GET',
      `/conversations/${theirs.conversationId}/activities`,
      mine.token,
    )
    expect([status, body.error.code]).toEqual([403, 'NotAuthorized'])
  })

  test('a token with trusted origins serves only pages of these', async () => {
    const { body } = await call('POST', '/tokens/generate', SECRET, {
      trustedOrigins: ['https://a.example'],
    })
    const from = (origin: string) =>
      fetch(`${harness.url}/v3/directline/conversations`, {
        method: 'POST',
        headers: { authorization: `Bearer ${body.token}`, origin },
      })
    expect((await from('https://b.example')).status).toBe(403)
    expect((await from('https://a.example')).status).toBe(201)
  })
})

describe('conversations', () => {
  test('opening greets once, and opening again is the same conversation', async () => {
    const started = await start()
    const again = await call('POST', '/conversations', started.token)
    expect([again.status, again.body.conversationId]).toEqual([200, started.conversationId])
    await readUntil(started, 1)
    expect(textsOf(await read(started))).toEqual(['Olá! Como posso ajudar?'])
    const opened = harness.heard.filter((one) => one.conversationId === started.conversationId)
    expect(opened).toEqual([expect.objectContaining({ kind: 'opened', channel: 'web' })])
  })

  test('the secret opens a conversation by itself', async () => {
    const { status, body } = await call('POST', '/conversations', SECRET, { user: { id: 'dl_ana' } })
    expect(status).toBe(201)
    expect(body).toEqual({
      conversationId: expect.any(String),
      token: expect.any(String),
      expires_in: 1800,
      streamUrl: expect.stringContaining(`/v3/directline/conversations/${body.conversationId}/stream?t=`),
    })
    await call('POST', `/conversations/${body.conversationId}/activities`, SECRET, {
      type: 'message',
      text: 'oi',
    })
    expect(textsOf(await readUntil(body, 3))).toContain('Você disse: oi')
  })

  test('an unknown conversation is not found', async () => {
    const { status, body } = await call('GET', '/conversations/nowhere/activities', SECRET)
    expect([status, body.error.code]).toEqual([404, 'ConversationNotFound'])
  })

  test('an unknown call is not found', async () => {
    const { status, body } = await call('GET', '/attachments', SECRET)
    expect([status, body.error.code]).toEqual([404, 'NotFound'])
  })
})

describe('activities', () => {
  test('a message is answered, in order, under the name of the token', async () => {
    const started = await start({ id: 'dl_maria' })
    await readUntil(started, 1)
    const posted = await say(started, 'oi', { clientActivityID: 'c1' })
    expect(posted.body).toEqual({ id: `${started.conversationId}|0000002` })
    const { activities, watermark } = await readUntil(started, 3)
    expect(watermark).toBe('3')
    expect(activities.map(({ from, text }) => [from.id, from.role, text])).toEqual([
      ['assistente-meu-inss', 'bot', 'Olá! Como posso ajudar?'],
      ['dl_maria', 'user', 'oi'],
      ['assistente-meu-inss', 'bot', 'Você disse: oi'],
    ])
    expect(activities[2]).toMatchObject({
      id: `${started.conversationId}|0000003`,
      type: 'message',
      channelId: 'directline',
      conversation: { id: started.conversationId },
      replyToId: posted.body.id,
      inputHint: 'acceptingInput',
      channelData: { outcome: 'answered' },
    })
  })

  test('the watermark gives what is new, and stays when nothing is', async () => {
    const started = await start()
    await readUntil(started, 1)
    expect(await read(started, '1')).toEqual({ activities: [], watermark: '1' })
    await say(started, 'dois')
    await readUntil(started, 3)
    expect(textsOf(await read(started, '1'))).toEqual(['dois', 'Você disse: dois'])
    expect(textsOf(await read(started, '2'))).toEqual(['Você disse: dois'])
  })

  test('a watermark that is none of ours is refused', async () => {
    const started = await start()
    const { status, body } = await call(
      'GET',
      `/conversations/${started.conversationId}/activities?watermark=abc`,
      started.token,
    )
    expect([status, body.error.code]).toEqual([400, 'BadArgument'])
  })

  test('the same message posted again, also at once, is said once', async () => {
    const started = await start()
    await readUntil(started, 1)
    const ids = await Promise.all(
      [1, 2, 3].map(async () => (await say(started, 'uma vez', { clientActivityID: 'same' })).body.id),
    )
    expect(new Set(ids).size).toBe(1)
    await readUntil(started, 3)
    await say(started, 'uma vez', { clientActivityID: 'same' })
    await say(started, 'fim')
    expect(textsOf(await readUntil(started, 5)).filter((text) => text === 'uma vez')).toHaveLength(1)
    const heard = harness.heard.filter((one) => one.conversationId === started.conversationId)
    expect(heard.map((one) => one.kind === 'text' && one.text)).toEqual([false, 'uma vez', 'fim'])
  })

  test('two people may use the same client ids', async () => {
    const [ana, bia] = [await start(), await start()]
    await say(ana, 'de Ana', { clientActivityID: '1' })
    await say(bia, 'de Bia', { clientActivityID: '1' })
    expect(textsOf(await readUntil(bia, 3))).toContain('Você disse: de Bia')
    expect(textsOf(await readUntil(ana, 3))).toContain('Você disse: de Ana')
  })

  test('a message that could not be handed over can be sent again', async () => {
    const started = await start()
    await readUntil(started, 1)
    inboxDown = true
    const refused = await say(started, 'insisto', { clientActivityID: 'x' })
    inboxDown = false
    expect([refused.status, refused.body.error.code]).toEqual([502, 'BotRejectedActivity'])
    expect((await say(started, 'insisto', { clientActivityID: 'x' })).status).toBe(200)
    expect(textsOf(await readUntil(started, 3))).toEqual([
      'Olá! Como posso ajudar?',
      'insisto',
      'Você disse: insisto',
    ])
  })

  test('a choice carries the question it answers', async () => {
    const started = await start()
    await say(started, 'sim', { questionId: 'q-1', clientActivityID: 'c' })
    await readUntil(started, 3)
    const heard = harness.heard.find((one) => one.kind === 'text' && one.text === 'sim')
    expect(heard).toMatchObject({ questionId: 'q-1', conversationId: started.conversationId })
  })

  test('typing is not kept; an event is kept and not answered', async () => {
    const started = await start()
    await readUntil(started, 1)
    const path = `/conversations/${started.conversationId}/activities`
    expect((await call('POST', path, started.token, { type: 'typing' })).status).toBe(200)
    await call('POST', path, started.token, {
      type: 'event',
      name: 'webchat/join',
      value: { language: 'pt' },
    })
    const { activities } = await read(started)
    expect(activities.map(({ type }) => type)).toEqual(['message', 'event'])
  })

  test('a question comes with its choices, what it expects, and a link', async () => {
    const started = await start()
    await readUntil(started, 1)
    await harness.send(started.conversationId, {
      text: 'Você já entrou?',
      outcome: 'asked',
      expects: 'login.done',
      questionId: 'q-9',
      choices: [{ title: 'Já entrei', value: 'sim' }],
      link: { title: 'Entrar com gov.br', url: 'https://example.gov.br/entrar' },
    })
    expect((await readUntil(started, 2)).activities[1]).toMatchObject({
      inputHint: 'expectingInput',
      channelData: { expects: 'login.done', outcome: 'asked', questionId: 'q-9' },
      suggestedActions: {
        to: [],
        actions: [{ type: 'imBack', title: 'Já entrei', value: 'sim', channelData: { questionId: 'q-9' } }],
      },
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.hero',
          content: {
            buttons: [
              { type: 'openUrl', title: 'Entrar com gov.br', value: 'https://example.gov.br/entrar' },
            ],
          },
        },
      ],
    })
  })

  test('a link that is not a web address is not passed on', async () => {
    const started = await start()
    await readUntil(started, 1)
    const link = { title: 'x', url: 'javascript:alert(1)' }
    await harness.send(started.conversationId, { text: 'veja', link })
    expect((await readUntil(started, 2)).activities[1]).not.toHaveProperty('attachments')
  })

  test('a file comes with its name and whole content', async () => {
    const started = await start()
    await readUntil(started, 1)
    const file = { name: 'recibo.pdf', mimeType: 'application/pdf', content: 'JVBERg==' }
    await harness.send(started.conversationId, { text: 'Aqui está.', file })
    const [, activity] = (await readUntil(started, 2)).activities
    expect(activity).toMatchObject({
      text: 'Aqui está.',
      attachments: [
        {
          contentType: 'application/pdf',
          name: 'recibo.pdf',
          contentUrl: 'data:application/pdf;base64,JVBERg==',
        },
      ],
    })
  })

  test('the outbox may send the same message again: it is shown once', async () => {
    const started = await start()
    await readUntil(started, 1)
    await harness.send(started.conversationId, { id: 'out-1', text: 'só uma' })
    await harness.send(started.conversationId, { id: 'out-1', text: 'só uma' })
    await harness.send(started.conversationId, { id: 'out-2', text: 'outra' })
    expect(textsOf(await readUntil(started, 3))).toEqual(['Olá! Como posso ajudar?', 'só uma', 'outra'])
  })

  test.each([
    ['no type', { text: 'oi' }, 'MissingProperty'],
    ['a text that is a number', { type: 'message', text: 12 }, 'MalformedData'],
    ['broken JSON', '{"type":', 'MalformedData'],
    ['more than 256K characters', { type: 'message', text: 'a'.repeat(262_145) }, 'MessageSizeTooBig'],
    ['more than a megabyte', { type: 'message', text: 'a'.repeat(1_100_000) }, 'MessageSizeTooBig'],
  ])('%s is refused', async (_name, body, code) => {
    const started = await start()
    const path = `/conversations/${started.conversationId}/activities`
    const answer = await call('POST', path, started.token, body)
    expect([answer.status, answer.body.error.code]).toEqual([400, code])
  })

  test('10,000 characters are passed on whole', async () => {
    const started = await start()
    const long = 'á'.repeat(10_000)
    await say(started, long)
    const heard = await until(() => harness.heard.find((one) => one.kind === 'text' && one.text === long))
    expect(heard).toBeDefined()
  })
})
