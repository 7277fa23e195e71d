import { fixedNow, type Harness, type Reply, startHarness } from './harness'

/** What each synthetic citizen is told and what is decided for them on 23/11/2026. */

let api: Harness
beforeAll(async () => {
  api = await startHarness()
})
afterAll(() => api.stop())
beforeEach(() => api.clock.set(fixedNow))

type Service = 'aposentadoria-idade' | 'aposentadoria-tempo-contribuicao' | 'salario-maternidade'
type Facts = Record<string, unknown>

async function check(cpf: string, service: Service, facts: Facts = {}): Promise<Reply> {
  const token = await api.login(cpf)
  return api.call('POST', '/v1/entitlement-checks', { token, body: { service, facts } })
}

async function ask(cpf: string, service: Service, facts: Facts = {}): Promise<Reply> {
  const token = await api.login(cpf)
  const headers = { 'Idempotency-Key': `${cpf}-${service}` }
  return api.call('POST', '/v1/requests', { token, headers, body: { service, facts, declaration: true } })
}

const birthOf = async (cpf: string): Promise<string> => {
  const { body } = await api.call('GET', '/v1/citizen', { token: await api.login(cpf) })
  return body.dependants
    .map((each: { birthDate: string }) => each.birthDate)
    .sort()
    .at(-1)
}

const codes = (list: { code: string }[]) => list.map((each) => each.code)

describe('Marinalva, 62 anos e 27 de contribuição, pede por idade', () => {
  const marinalva = '00000100145'

  test('a consulta diz o direito, sem efeito nenhum', async () => {
    const { body } = await check(marinalva, 'aposentadoria-idade')
    expect(body).toMatchObject({
      entitled: true,
      rule: 'art18_idade',
      der: '2026-11-23',
      automatic: true,
      paidBy: 'inss',
      notice: null,
      pending: [],
      lacks: [],
      existingProtocol: null,
      decisionDeadlineDays: 90,
      benefit: { startDate: '2026-11-23', amount: 162100, amountStatus: 'exact' },
    })
    expect(body.conditions.every((each: { met: boolean }) => each.met)).toBe(true)
    const list = await api.call('GET', '/v1/requests', { token: await api.login(marinalva) })
    expect(list.body.items).toEqual([])
  })

  test('o pedido é concedido na hora, com valor, início, banco, primeiro pagamento e fundamento', async () => {
    const { status, body } = await ask(marinalva, 'aposentadoria-idade')
    expect(status).toBe(201)
    expect(body).toMatchObject({
      status: 'granted',
      serviceName: 'Aposentadoria por Idade Urbana',
      automatic: true,
      createdAt: fixedNow,
      decidedAt: fixedNow,
      der: '2026-11-23',
      analysis: null,
      decision: {
        rule: 'art18_idade',
        startDate: '2026-11-23',
        amount: 162100,
        bankName: 'Caixa Econômica Federal',
      },
    })
    expect(body.decision.legalBasis.map((each: { source: string }) => each.source)).toEqual([
      'EC 103/2019, art. 18',
      'EC 103/2019, art. 26, § 2º',
      'Lei 8.213/1991, art. 49',
    ])
    expect(body.decision.firstPaymentDate > '2026-11-27').toBe(true)
  })

  test('o benefício aparece com o primeiro pagamento marcado, proporcional aos dias', async () => {
    const token = await api.login(marinalva)
    const [request] = (await api.call('GET', '/v1/requests', { token })).body.items
    const [benefit] = (await api.call('GET', '/v1/benefits', { token })).body.items
    expect(benefit).toMatchObject({
      number: request.decision.benefitNumber,
      species: { code: '41', name: 'Aposentadoria por idade' },
      status: 'active',
      startDate: '2026-11-23',
      monthlyAmount: 162100,
      aboveMinimum: false,
      nextPayment: { status: 'scheduled', payDate: request.decision.firstPaymentDate },
    })
    const { competencia, gross, lines } = benefit.nextPayment
    // 23 to 30 November: 8 days of 30; a number whose first pay day is in December brings that month as well.
    expect([gross, lines[0].detail]).toEqual(
      competencia === '2026-11' ? [43227, '8 dias'] : [162100 + 43227, null],
    )
    const payments = await api.call('GET', `/v1/benefits/${benefit.number}/payments`, { token })
    expect(payments.body).toEqual({ items: [benefit.nextPayment], nextCursor: null })
  })

  test('meses depois, o que estava marcado foi pago', async () => {
    api.clock.set('2027-02-20T15:00:00.000Z')
    const token = await api.login(marinalva)
    const [benefit] = (await api.call('GET', '/v1/benefits', { token })).body.items
    const { items } = (await api.call('GET', `/v1/benefits/${benefit.number}/payments`, { token })).body
    expect(items.at(-1)).toMatchObject({ status: 'paid', comparedWithPrevious: null })
    expect(items.at(0).status).toBe('scheduled')
    expect(items.filter((each: { status: string }) => each.status === 'scheduled')).toHaveLength(1)
    const total = items.reduce((sum: number, each: { gross: number }) => sum + each.gross, 0)
    const months =
      Number(items[0].competencia.slice(5)) + 12 * (Number(items[0].competencia.slice(0, 4)) - 2026) - 11
    expect(total).toBe(43227 + months * 162100)
  })

  test('a outra aposentadoria não se acumula, e isso é dito antes', async () => {
    const { body } = await check(marinalva, 'aposentadoria-tempo-contribuicao')
    expect(body.entitled).toBe(false)
    expect(body.notice).toContain('A lei não permite receber duas aposentadorias')
    const asked = await ask(marinalva, 'aposentadoria-tempo-contribuicao')
    expect([asked.body.status, codes(asked.body.analysis.reason)]).toEqual([
      'denied',
      ['already_retired', 'requirements_not_met'],
    ])
  })

  test('os acontecimentos contam a história em português', async () => {
    const token = await api.login(marinalva)
    const list = (await api.call('GET', '/v1/requests', { token })).body.items
    const { protocol } = list.find((each: { status: string }) => each.status === 'granted')
    const events = await api.call('GET', `/v1/requests/${protocol}/events`, { token })
    expect(events.body.items.map((each: { type: string }) => each.type)).toEqual([
      'created',
      'record_checked',
      'granted',
    ])
    expect(events.body.items[2].text).toMatch(
      /^Pedido aceito: R\$ 1\.621,00 por mês, desde 23\/11\/2026\. Primeiro pagamento: \d\d\/\d\d\/20\d\d\.$/,
    )
  })
})

test('João tem mais de uma regra cumprida e recebe a de maior valor', async () => {
  const { body } = await check('00000200280', 'aposentadoria-tempo-contribuicao')
  const simulated = await api.call('POST', '/v1/citizen/retirement-simulations', {
    token: await api.login('00000200280'),
    body: {},
  })
  const met = simulated.body.rules.filter((each: { entitled: boolean }) => each.entitled)
  expect(met.length).toBeGreaterThan(1)
  expect(body.benefit.amount).toBe(
    Math.max(...met.map((each: { benefit: { amount: number } }) => each.benefit.amount)),
  )
  const asked = await ask('00000200280', 'aposentadoria-tempo-contribuicao')
  expect(asked.body).toMatchObject({
    status: 'granted',
    decision: { amount: body.benefit.amount, rule: body.rule },
  })
})

test('o índice que falta torna o valor provisório, e isso é dito', async () => {
  const { body } = await check('00000200280', 'aposentadoria-tempo-contribuicao')
  expect(body.benefit.amountStatus).toBe('provisional')
  expect(body.notice).toContain('é provisório')
})

test('Antônia ainda não tem a idade: a consulta diz quando, e o pedido é negado com a razão e o recurso', async () => {
  const { body } = await check('00000300314', 'aposentadoria-idade')
  expect(body).toMatchObject({
    entitled: false,
    rule: 'art18_idade',
    entitledOn: '2027-03-23',
    benefit: null,
  })
  expect(body.notice).toBe('Se você continuar contribuindo, o direito começa em 23/03/2027.')
  const asked = await ask('00000300314', 'aposentadoria-idade')
  expect(asked.body).toMatchObject({
    status: 'denied',
    automatic: true,
    decision: null,
    analysis: { deadlineDays: 30, referenceDeadline: '2026-12-23' },
  })
  expect(asked.body.analysis.reason).toEqual([
    {
      code: 'requirements_not_met',
      text: 'Pela aposentadoria por idade (regra de transição), ainda falta cumprir: idade: a regra pede 62 anos e o registro mostra 61 anos e 8 meses.',
    },
  ])
  expect(asked.body.analysis.nextStep).toContain('Recurso Ordinário')
})

test('Severino tem pendências que mudam o direito: o pedido vai para análise, com o prazo de referência', async () => {
  const { body } = await check('00000400459', 'aposentadoria-idade')
  expect(body).toMatchObject({ entitled: false, automatic: false })
  expect(codes(body.automaticObstacles)).toEqual(['PEXT', 'PREC-MENOR-MIN'])
  expect(body.pending.every((each: { howToSolve: string | null }) => each.howToSolve !== null)).toBe(true)
  const asked = await ask('00000400459', 'aposentadoria-idade')
  expect(asked.body).toMatchObject({
    status: 'in_analysis',
    automatic: false,
    decidedAt: null,
    decision: null,
    analysis: { deadlineDays: 90, referenceDeadline: '2027-02-21' },
  })
  expect(asked.body.analysis.nextStep).toContain('carteira de trabalho')
  const own = (includePending: boolean) => async () =>
    api.call('POST', '/v1/citizen/retirement-simulations', {
      token: await api.login('00000400459'),
      body: { includePending },
    })
  const [without, included] = [await own(false)(), await own(true)()]
  expect(included.body.totals.carencia).toBeGreaterThan(without.body.totals.carencia)
})

describe('salário-maternidade', () => {
  test('Jéssica, MEI com o nascimento no registro civil: concedido na hora, 120 dias', async () => {
    const eventDate = await birthOf('00000500593')
    const { body } = await ask('00000500593', 'salario-maternidade', { eventKind: 'parto', eventDate })
    expect(body).toMatchObject({ status: 'granted', decision: { startDate: eventDate, amount: 162100 } })
    const token = await api.login('00000500593')
    const [benefit] = (await api.call('GET', '/v1/benefits', { token })).body.items
    expect(benefit).toMatchObject({
      species: { code: '80' },
      startDate: eventDate,
      endDate: body.decision.endDate,
    })
    api.clock.set('2027-06-01T12:00:00.000Z')
    const later = (await api.call('GET', '/v1/benefits', { token: await api.login('00000500593') })).body
      .items[0]
    expect([later.status, later.nextPayment]).toEqual(['ceased', null])
  })

  test('a mesma criança, com a data um dia diferente, é o mesmo pedido', async () => {
    const headers = { 'Idempotency-Key': 'outro-dia' }
    const body = {
      service: 'salario-maternidade',
      facts: { eventKind: 'parto', eventDate: '2026-11-02' },
      declaration: true,
    }
    const reply = await api.call('POST', '/v1/requests', {
      token: await api.login('00000500593'),
      headers,
      body,
    })
    expect([reply.status, reply.body.code]).toEqual([409, 'request_exists'])
  })

  test('Camila, empregada: tem direito e quem paga é a empresa; pedir ao INSS não adianta e a razão é dita', async () => {
    const facts = { eventKind: 'parto', eventDate: '2026-11-20' }
    const { body } = await check('00000600628', 'salario-maternidade', facts)
    expect(body).toMatchObject({ entitled: true, paidBy: 'employer', lacks: [] })
    expect(body.notice).toContain('quem paga é a empresa')
    const asked = await ask('00000600628', 'salario-maternidade', facts)
    expect([asked.body.status, codes(asked.body.analysis.reason)]).toEqual(['denied', ['paid_by_employer']])
  })

  test('um parto que ainda não aconteceu não é decidido antes da hora', async () => {
    const { body } = await check('00000600628', 'salario-maternidade', {
      eventKind: 'parto',
      eventDate: '2026-12-25',
    })
    expect(body.notice).toContain('25/12/2026')
    expect(body.benefit).not.toBeNull()
  })

  test('Rosângela, desempregada no período de graça: o INSS paga', async () => {
    const eventDate = await birthOf('00000700762')
    const { body } = await ask('00000700762', 'salario-maternidade', { eventKind: 'parto', eventDate })
    expect(body).toMatchObject({ status: 'granted', decision: { startDate: eventDate } })
  })

  test('um nascimento que o cartório não informou pede a certidão e vai para análise', async () => {
    const facts = { eventKind: 'parto', eventDate: '2026-05-02' }
    const { body } = await check('00000500593', 'salario-maternidade', facts)
    expect(body.lacks.map((each: { fact: string }) => each.fact)).toEqual(['certificate'])
    expect(codes(body.automaticObstacles)).toEqual(['birth_certificate'])
    const told = await check('00000500593', 'salario-maternidade', {
      ...facts,
      certificate: { registry: '0123' },
    })
    expect([told.body.lacks, codes(told.body.automaticObstacles)]).toEqual([[], ['birth_certificate']])
  })

  test('quem não tem registro não tem a proteção', async () => {
    const asked = await ask('00002302357', 'salario-maternidade', {
      eventKind: 'parto',
      eventDate: '2026-11-02',
    })
    expect([asked.body.status, codes(asked.body.analysis.reason)]).toEqual(['denied', ['not_insured']])
  })
})

test('tempo no campo precisa de prova: direito dito, decisão de uma pessoa', async () => {
  const { body } = await check('00001801813', 'aposentadoria-idade')
  expect([body.rule, body.automatic, codes(body.automaticObstacles)]).toEqual([
    'hibrida',
    false,
    ['proof_needed'],
  ])
})

test('quem tem conta bronze consulta, e para pedir precisa subir o nível', async () => {
  const token = await api.login('00002002043', 'bronze')
  const body = { service: 'aposentadoria-idade', facts: {} }
  expect((await api.call('POST', '/v1/entitlement-checks', { token, body })).body.entitled).toBe(true)
  const headers = { 'Idempotency-Key': 'bronze' }
  const refused = await api.call('POST', '/v1/requests', {
    token,
    headers,
    body: { ...body, declaration: true },
  })
  expect([refused.status, refused.body.code, refused.body.requiredLevel]).toEqual([
    403,
    'level_too_low',
    'silver',
  ])
})

test('quem não está em registro nenhum recebe isso como resposta, não um erro', async () => {
  const token = await api.login('00009900942')
  const reply = await api.call('GET', '/v1/citizen', { token })
  expect([reply.status, reply.body.code]).toEqual([404, 'citizen_not_found'])
})

test('nada do que se decidiu deixou CPF, nome ou dinheiro no log', () => {
  expect(api.logged()).toContain('request_decided')
  expect(api.logged()).not.toMatch(/\b000\d{8}\b/)
  expect(api.logged()).not.toMatch(/Marinalva|Jéssica|162100|R\$/)
})
