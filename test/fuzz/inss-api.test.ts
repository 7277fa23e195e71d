import fc from 'fast-check'
import { basic, client, desk, type Harness, startHarness } from '../inss-api/harness'
import { always, LONG, oddBody, oddForm, oddHeaders, oddPath, oddText, RUNS, tooMuch } from './hostile'
import { type Answer, expectHarmless, type Hostile, hangUp, send } from './send'

jest.setTimeout(LONG)

const ivanilda = '00002202212'

/** A client may only bring so many wrong tokens a minute. */
const others = Array.from({ length: Math.ceil(RUNS / 30) }, (_, index) => ({
  ...client,
  id: `outro-${index}`,
}))

let api: Harness
let token: string
beforeAll(async () => {
  api = await startHarness({ eventsEveryMs: 60_000, clients: [client, desk, ...others] })
  token = await api.login(ivanilda)
}, 120_000)
afterAll(async () => {
  hangUp()
  await api.stop()
})

const JSON_TYPE: [string, string] = ['content-type', 'application/json']
const as = (who: { id: string; secret: string }): [string, string] => ['authorization', basic(who)]
const bearer = (of: string): [string, string] => ['authorization', `Bearer ${of}`]

async function ask(request: Hostile): Promise<Answer> {
  const answer = await send(api.running.api.url, request)
  expectHarmless(answer, request)
  return answer
}

/** A refusal is a problem of the contract's list; anything else is the answer of the operation. */
function expectProblem({ status, headers, text }: Answer): void {
  if (status < 400) return
  expect(headers['content-type']).toMatch(/^application\/problem\+json/)
  expect(JSON.parse(text)).toMatchObject({ status, code: expect.stringMatching(/^[a-z_]+$/) })
}

test('an open request survives whatever its desk writes', async () => {
  const list = await api.call('GET', '/v1/requests', { token })
  const { protocol } = list.body.items[0]
  const path = `/v1/requests/${protocol}/analysis-steps`
  const step = { status: 'needs_document', text: 'O INSS pediu um documento.', nextStep: 'Envie em 30 dias.' }
  const moved = { status: 'in_analysis', text: 'Um servidor olhou o pedido.' }
  const written = oddText.map((text) => Buffer.from(JSON.stringify({ ...step, text, nextStep: text })))
  await always(fc.tuple(fc.oneof(oddBody(step, moved), written), oddHeaders), async ([body, odd]) => {
    const answer = await ask({ method: 'POST', path, headers: [as(desk), JSON_TYPE, ...odd], body })
    expectProblem(answer)
    expect([200, 400, 401, 413, 415, 429]).toContain(answer.status)
    if (answer.status !== 200) return
    const read = await api.call('GET', `/v1/requests/${protocol}`, { token })
    expect([read.status, read.body.status]).toEqual([
      200,
      expect.stringMatching(/^(in_analysis|needs_document)$/),
    ])
  })
  expect((await api.call('GET', `/v1/requests/${protocol}/events`, { token })).status).toBe(200)
})

test('following and events withstand whatever the client or the citizen sends', async () => {
  const paths = ['/v1/citizen/following', '/v1/following/q8Xw0cVb3mJk5nPz7rTdYA/end', '/v1/events/redelivery']
  const more = ['/v1/events', '/v1/requests', '/v1/requests/9990000225', '/v1/requests/9990000225/withdrawal']
  const real = [{}, { after: null }, { after: 'MTow' }, { after: Buffer.from('1:99').toString('base64url') }]
  let calls = 0
  const call = fc.tuple(
    fc.constantFrom('GET', 'POST', 'POST', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD'),
    fc.oneof(fc.constantFrom(...paths), oddPath(...paths, ...more)),
    fc.constantFrom(as(client), bearer(token)),
    oddHeaders,
    oddBody(...real),
  )
  await always(call, async ([method, path, who, odd, body]) => {
    calls += 1
    const key: [string, string] = ['idempotency-key', `seguir-${calls}`]
    const answer = await ask({ method, path, headers: [who, key, JSON_TYPE, ...odd], body })
    if (method !== 'HEAD') expectProblem(answer)
  })
})

test('an effect withstands any key, and needs a right token', async () => {
  const key = oddText
    .map((text) => text.replace(/[^\t\x20-\x7e\x80-\xff]/g, '').slice(0, 8000))
    .map((text): [string, string] => ['idempotency-key', text])
  const right = fc.constantFrom<[string, string]>(bearer(token), as(client))
  const wrong = fc.oneof(
    right,
    fc.constantFrom<[string, string]>(bearer(`${token}x`), bearer('a.b.c'), as({ ...client, secret: 'x' })),
  )
  await always(fc.tuple(key, wrong), async ([key, who]) => {
    const body = '{}'
    const answer = await ask({
      method: 'POST',
      path: '/v1/citizen/following',
      headers: [who, key, JSON_TYPE],
      body,
    })
    expectProblem(answer)
    const allowed = who[1] === `Bearer ${token}` ? [200, 400] : [401]
    expect(allowed).toContain(answer.status)
  })
})

test('whatever is asked of the token endpoint without a right token of gov.br gets none', async () => {
  const type: [string, string] = ['content-type', 'application/x-www-form-urlencoded']
  const form = oddForm('grant_type', 'subject_token', 'subject_token_type', 'audience', 'scope')
  const right = new URLSearchParams({
    grant_type: api.grantType,
    subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
  })
  const subject = oddText.map(
    (text) => `${right}&subject_token=${encodeURIComponent(Buffer.from(text).toString())}`,
  )
  let calls = 0
  await always(fc.tuple(fc.oneof(form, subject), oddHeaders), async ([body, odd]) => {
    calls += 1
    const who = others[calls % others.length] ?? client
    const answer = await ask({ method: 'POST', path: '/oauth/token', headers: [as(who), type, ...odd], body })
    expect([400, 401, 413, 415]).toContain(answer.status)
    expect(answer.text).not.toContain('access_token"')
  })
})

test('a body larger than half a megabyte is refused, however it is packed', async () => {
  const { plain, pressed } = tooMuch(Buffer.from('{"after":"'))
  const headers = [as(client), JSON_TYPE]
  const path = '/v1/events/redelivery'
  expect((await ask({ method: 'POST', path, headers, body: plain })).status).toBe(413)
  const zipped: [string, string][] = [...headers, ['content-encoding', 'gzip']]
  expect((await ask({ method: 'POST', path, headers: zipped, body: pressed })).status).toBe(413)
})
