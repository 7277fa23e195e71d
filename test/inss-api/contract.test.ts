import Ajv2020, { type AnySchema, type ValidateFunction } from 'ajv/dist/2020'
import addFormats from 'ajv-formats'
import { basic, client, desk, type Harness, type Reply, startHarness } from './harness'

/** Everything here is driven by the OpenAPI document the server publishes. */

type Parameter = {
  name: string
  in: 'path' | 'query' | 'header'
  required: boolean
  schema: Json
  example?: string
}
type Json = Record<string, unknown>
type Operation = {
  operationId: string
  security: Json[]
  'x-required-level'?: string
  parameters?: Parameter[]
  requestBody?: { content: Record<string, { schema: Json; example?: Json }> }
  responses: Record<string, { content?: Record<string, { schema: Json }>; headers?: Json }>
}
type Entry = { method: string; path: string; operation: Operation }

const adalberto = '00002102188'
let api: Harness
let document: Json & { paths: Record<string, Record<string, Operation>>; components: { schemas: Json } }
let entries: Entry[]
let ajv: Ajv2020
let protocol: string
let etag: string
let benefit: string
/** Of Ivanilda: the desk's steps must not change the version that others hold. */
let analysed: string

beforeAll(async () => {
  api = await startHarness()
  document = (await api.call('GET', '/openapi.json')).body
  entries = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, operation]) => operation.operationId !== 'exchangeToken')
      .map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  )
  ajv = new Ajv2020({ strict: false, allErrors: true })
  addFormats(ajv)
  ajv.addSchema({ $id: 'openapi', components: document.components } as AnySchema)
  const token = await api.login(adalberto)
  const requests = await api.call('GET', '/v1/requests', { token })
  protocol = requests.body.items[0].protocol
  etag = (await api.call('GET', `/v1/requests/${protocol}`, { token })).headers.get('etag') ?? ''
  const benedito = await api.call('GET', '/v1/benefits', { token: await api.login('00000800805') })
  benefit = benedito.body.items[0].number
  const ivanilda = await api.call('GET', '/v1/requests', { token: await api.login('00002202212') })
  analysed = ivanilda.body.items[0].protocol
})
afterAll(() => api.stop())

const operationIds = [
  'getHealth',
  'listServices',
  'getService',
  'getPaymentCalendar',
  'getReferenceValues',
  'simulateRetirement',
  'calculateMaternityPay',
  'calculateTemporaryIncapacity',
  'calculatePermanentIncapacity',
  'calculateSurvivorPension',
  'calculateAccumulation',
  'calculateAccidentBenefit',
  'calculateBpc',
  'calculatePrisonBenefit',
  'calculateFamilyAllowance',
  'calculateClosedSeason',
  'calculateContribution',
  'calculateContributionComplement',
  'calculateThirteenth',
  'getLoanMargin',
  'getDecisionDeadline',
  'getCitizen',
  'getContributionRecord',
  'listBenefits',
  'listPayments',
  'simulateOwnRetirement',
  'checkEntitlement',
  'createRequest',
  'listRequests',
  'getRequest',
  'listRequestEvents',
  'withdrawRequest',
  'listAppointments',
  'followCitizen',
  'unfollowCitizen',
  'listEvents',
  'redeliverEvents',
  'recordAnalysisStep',
]

function entry(id: string): Entry {
  const found = entries.find((each) => each.operation.operationId === id)
  if (found === undefined) throw new Error(`the document has no ${id}`)
  return found
}

/** The citizen each operation is tried with: one who has what it needs. */
function citizenOf(id: string): string {
  if (id === 'listPayments') return '00000800805'
  if (id === 'createRequest' || id === 'checkEntitlement') return '00000100145'
  return adalberto
}

type Change = {
  query?: Json
  params?: Json
  headers?: Record<string, string>
  body?: unknown
  token?: string | null
}

async function send({ method, path, operation }: Entry, change: Change = {}): Promise<Reply> {
  const given: Record<string, string> = {
    number: benefit,
    protocol: operation.operationId === 'recordAnalysisStep' ? analysed : protocol,
    ...(change.params as Record<string, string>),
  }
  const query = new URLSearchParams()
  const headers: Record<string, string> = {}
  let address = path
  for (const parameter of operation.parameters ?? []) {
    const value = given[parameter.name] ?? parameter.example
    if (parameter.in === 'path')
      address = address.replace(`{${parameter.name}}`, encodeURIComponent(value ?? ''))
    if (parameter.in === 'query' && value !== undefined) query.set(parameter.name, value)
    if (parameter.name === 'Idempotency-Key') headers[parameter.name] = `key-${Math.random()}`
    if (parameter.name === 'If-Match') headers[parameter.name] = etag
  }
  for (const [name, value] of Object.entries(change.query ?? {})) query.set(name, String(value))
  for (const [name, value] of Object.entries(change.headers ?? {})) headers[name] = value
  for (const name of Object.keys(headers)) if (headers[name] === '') delete headers[name]
  const json = operation.requestBody?.content['application/json']
  const ofCitizen = operation.security.some((each) => 'citizen' in each)
  const token = ofCitizen ? await api.login(citizenOf(operation.operationId)) : null
  if (isOfClient(operation) && change.token === undefined) {
    headers.authorization = basic(operation.operationId === 'recordAnalysisStep' ? desk : client)
  }
  const body = 'body' in change ? change.body : json?.example
  return api.call(method, `${address}?${query}`, {
    token: (change.token === undefined ? token : change.token) ?? undefined,
    headers,
    ...(body === undefined ? {} : { body }),
  })
}

function isOfClient(operation: Operation): boolean {
  return operation.security.some((each) => 'client' in each)
}

function validator(schema: Json): ValidateFunction {
  return ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"openapi#/components/')))
}

function expectDocumented(reply: Reply, { operation }: Entry): void {
  const response = operation.responses[String(reply.status)]
  if (response === undefined)
    throw new Error(`${operation.operationId} answered ${reply.status}: ${reply.text}`)
  const [type = '', content] = Object.entries(response.content ?? {})[0] ?? []
  expect(reply.headers.get('content-type')).toMatch(new RegExp(`^${type.replace('+', '\\+')}`))
  const validate = validator(content?.schema ?? {})
  if (!validate(reply.body)) throw new Error(`${operation.operationId}: ${ajv.errorsText(validate.errors)}`)
}

function expectProblem(reply: Reply, each: Entry, status: number, code: string): void {
  expect([reply.status, reply.body?.code]).toEqual([status, code])
  expectDocumented(reply, each)
  expect(reply.body.type).toBe(`${api.running.api.url}/problems/${code.replaceAll('_', '-')}`)
  expect(reply.body.instance).toMatch(/^urn:uuid:/)
  expect(reply.text).not.toMatch(/node_modules|ZodError|\bat \w+ \(|stack/)
}

test('the document is OpenAPI 3.1 and describes exactly the operations tried here', () => {
  expect(document.openapi).toBe('3.1.0')
  expect(entries.map((each) => each.operation.operationId).sort()).toEqual([...operationIds].sort())
  expect(document.paths['/oauth/token']).toHaveProperty('post.operationId', 'exchangeToken')
})

test('every reference in the document leads somewhere and every schema compiles', () => {
  const names = Object.keys(document.components.schemas)
  const references = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(
    (match) => match[1],
  )
  expect(references.length).toBeGreaterThan(40)
  for (const name of references) expect(names).toContain(name)
  for (const name of names) expect(() => validator({ $ref: `#/components/schemas/${name}` })).not.toThrow()
})

test('no address holds a CPF', () => {
  for (const each of entries)
    expect(`${each.path} ${JSON.stringify(each.operation.parameters)}`).not.toMatch(/cpf/i)
})

describe.each(operationIds)('%s', (id) => {
  test('answers as documented', async () => {
    const reply = await send(entry(id))
    expect(Object.keys(entry(id).operation.responses)[0]).toBe(String(reply.status))
    expectDocumented(reply, entry(id))
  })

  test('refuses a parameter it does not know', async () => {
    expectProblem(await send(entry(id), { query: { desconhecido: '1' } }), entry(id), 400, 'invalid_request')
  })

  test('refuses wrong values of its parameters', async () => {
    for (const parameter of entry(id).operation.parameters ?? []) {
      if (parameter.in === 'header' || parameter.name === 'id') continue
      const change =
        parameter.in === 'path'
          ? { params: { [parameter.name]: "x'--" } }
          : { query: { [parameter.name]: '-1e9' } }
      const code =
        parameter.name === 'cursor' || parameter.name === 'after' ? 'invalid_cursor' : 'invalid_request'
      expectProblem(await send(entry(id), change), entry(id), 400, code)
    }
  })

  test('asks for the citizen when it holds their data', async () => {
    const { operation } = entry(id)
    if (operation.security.length === 0) return
    const without = await send(entry(id), { token: null })
    if (isOfClient(operation)) {
      expectProblem(without, entry(id), 401, 'client_unauthenticated')
      expect(without.headers.get('www-authenticate')).toMatch(/^Basic/)
      return
    }
    expectProblem(without, entry(id), 401, 'unauthenticated')
    expect(without.headers.get('www-authenticate')).toMatch(/^Bearer/)
    if (operation['x-required-level'] === 'bronze') return
    const bronze = await api.login(citizenOf(id), 'bronze')
    const low = await send(entry(id), { token: bronze })
    expectProblem(low, entry(id), 403, 'level_too_low')
    expect(low.body.requiredLevel).toBe(operation['x-required-level'])
  })

  test('refuses unknown fields, wrong types and what is not JSON in its body', async () => {
    const example = entry(id).operation.requestBody?.content['application/json']?.example
    if (example === undefined) return
    const unknown = await send(entry(id), { body: { ...example, surpresa: 1 } })
    expectProblem(unknown, entry(id), 400, 'invalid_request')
    expect(unknown.body.errors).toContainEqual({ pointer: '/surpresa', detail: 'unknown field' })
    for (const field of Object.keys(example)) {
      const wrong = await send(entry(id), { body: { ...example, [field]: [42] } })
      expectProblem(wrong, entry(id), 400, 'invalid_request')
      expect(wrong.body.errors[0].pointer).toMatch(new RegExp(`^/${field}|^/$`))
    }
    expectProblem(await send(entry(id), { body: '{"a":' }), entry(id), 400, 'malformed_json')
    expectProblem(
      await send(entry(id), { body: `{"a":"${'x'.repeat(600_000)}"}` }),
      entry(id),
      413,
      'payload_too_large',
    )
    const form = { body: 'a=1', headers: { 'content-type': 'application/x-www-form-urlencoded' } }
    expectProblem(await send(entry(id), form), entry(id), 415, 'unsupported_media_type')
  })

  test('keeps its version rules', async () => {
    const { operation, method } = entry(id)
    if (operation.responses['304'] === undefined) return
    const first = await send(entry(id))
    const known = first.headers.get('etag') ?? ''
    expect(known).toMatch(/^"[^"]+"$/)
    const again = await send(entry(id), { headers: { 'If-None-Match': `"outra", ${known}` } })
    expect([method, again.status, again.text]).toEqual(['GET', 304, ''])
  })

  test('asks for its headers', async () => {
    const { operation } = entry(id)
    if (!operation.parameters?.some((each) => each.name === 'Idempotency-Key')) return
    expectProblem(
      await send(entry(id), { headers: { 'Idempotency-Key': '' } }),
      entry(id),
      400,
      'idempotency_key_missing',
    )
    const long = { headers: { 'Idempotency-Key': 'k'.repeat(201) } }
    expectProblem(await send(entry(id), long), entry(id), 400, 'invalid_request')
    if (!operation.parameters.some((each) => each.name === 'If-Match')) return
    expectProblem(await send(entry(id), { headers: { 'If-Match': '' } }), entry(id), 428, 'if_match_missing')
  })

  test('has no other method', async () => {
    const { path } = entry(id)
    const reply = await api.call('DELETE', path.replace('{number}', benefit).replace('{protocol}', protocol))
    expect([reply.status, reply.body.code]).toEqual([405, 'method_not_allowed'])
    expect(reply.headers.get('allow')).toContain(entry(id).method)
  })
})

test('an unknown address is a problem too, and broken escapes do not break the server', async () => {
  expect((await api.call('GET', '/v1/nada')).body.code).toBe('not_found')
  expect((await api.call('GET', '/v1/services/%E0%A4%A')).status).toBe(400)
  expect((await api.call('GET', '/v1/services/nada')).body.code).toBe('service_not_found')
})

test('a field called __proto__ is refused like any other unknown one', async () => {
  const reply = await send(entry('checkEntitlement'), {
    body: '{"service":"aposentadoria-idade","facts":{"__proto__":{}}}',
  })
  expect([reply.status, reply.body.errors[0].pointer]).toEqual([400, '/facts/__proto__'])
})

test('the catalogue holds 82 services, and the three that can be asked for', async () => {
  const { body } = await api.call('GET', '/v1/services')
  expect(body.items).toHaveLength(82)
  expect(body.items.filter((each: Json) => each.requestable).map((each: Json) => each.id)).toEqual([
    'aposentadoria-idade',
    'aposentadoria-tempo-contribuicao',
    'salario-maternidade',
  ])
})
