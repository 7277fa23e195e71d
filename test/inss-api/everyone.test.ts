import { projectFile } from '../../src/files'
import { defaultCitizensFolder, loadCitizens } from '../../src/inss-api/sandbox/index'
import { loadParameters } from '../../src/law'
import { type Harness, type Reply, startHarness } from './harness'

/** Every answer is checked against its schema before it leaves, so a status of success says that it follows it. */

const citizens = loadCitizens(
  defaultCitizensFolder,
  '2026-11-23',
  loadParameters(projectFile('src/law/parameters')),
)

let api: Harness
beforeAll(async () => {
  api = await startHarness()
})
afterAll(() => api.stop())

describe.each([
  '2026-11-23T15:00:00Z',
  '2026-12-31T23:30:00Z',
  '2027-02-28T03:30:00Z',
  '2028-02-29T12:00:00Z',
])('on %s', (now) => {
  test.each(citizens.map(({ name, cpf }) => [name, cpf]))(
    'everything of %s can be read and checked',
    async (_name, cpf) => {
      api.clock.set(now)
      const token = await api.login(cpf)
      const read = async (path: string): Promise<Reply> => {
        const reply = await api.call('GET', path, { token })
        expect([path, reply.status]).toEqual([path, 200])
        return reply
      }
      await read('/v1/citizen')
      await read('/v1/contribution-record')
      const benefits = await read('/v1/benefits')
      for (const { number } of benefits.body.items) await read(`/v1/benefits/${number}/payments?limit=100`)
      const requests = await read('/v1/requests')
      for (const { protocol } of requests.body.items) {
        await read(`/v1/requests/${protocol}`)
        await read(`/v1/requests/${protocol}/events`)
      }
      const today = now.slice(0, 10)
      for (const body of [
        { service: 'aposentadoria-idade', facts: {} },
        { service: 'aposentadoria-tempo-contribuicao', facts: {} },
        { service: 'salario-maternidade', facts: { eventKind: 'parto', eventDate: today } },
        { service: 'salario-maternidade', facts: { eventKind: 'afastamento_pre_parto', eventDate: today } },
      ]) {
        const reply = await api.call('POST', '/v1/entitlement-checks', { token, body })
        expect([body.service, reply.status]).toEqual([body.service, 200])
      }
      for (const includePending of [false, true]) {
        const simulated = await api.call('POST', '/v1/citizen/retirement-simulations', {
          token,
          body: { includePending },
        })
        expect(simulated.status).toBe(200)
      }
    },
  )
})

test('nothing failed on the way', () => {
  expect(api.logged()).not.toContain('call_failed')
})

describe('a simulation from given data', () => {
  const simulate = (body: unknown) => api.call('POST', '/v1/retirement-simulations', { body })
  const summary = { timeAtReform: { years: 24, months: 3, days: 0 }, afterReform: 'continuous' }

  test('that cannot be true is 422, with a pointer per fault', async () => {
    const reply = await simulate({ asOf: '2026-11-23', sex: 'F', birthDate: '2027-01-01', summary })
    expect([reply.status, reply.body.code]).toEqual([422, 'impossible_input'])
    expect(reply.body.errors).toContainEqual({ pointer: '/birthDate', detail: 'birth_after_as_of' })
  })

  test('needs exactly one of summary and history', async () => {
    const person = { asOf: '2026-11-23', sex: 'F', birthDate: '1966-05-10' }
    for (const body of [person, { ...person, summary, history: [] }]) {
      expect([(await simulate(body)).status, (await simulate(body)).body.code]).toEqual([
        400,
        'invalid_request',
      ])
    }
  })

  test('with an impossible day is refused before the law is asked', async () => {
    for (const birthDate of ['1966-02-31', '66-05-10', '1966-05-10T00:00:00Z', '']) {
      const reply = await simulate({ asOf: '2026-11-23', sex: 'F', birthDate, summary })
      expect([reply.status, reply.body.errors[0].pointer]).toEqual([400, '/birthDate'])
    }
  })
})

test('what the law parameters do not cover is said by name', async () => {
  const reply = await api.call('GET', '/v1/payment-calendar?digit=1&aboveMinimum=false&from=1980-01')
  expect([reply.status, reply.body.code]).toEqual([422, 'law_gap'])
  expect(reply.body.type).toMatch(/\/law-gap$/)
  expect(reply.body.parameter).toEqual(expect.any(String))
})
