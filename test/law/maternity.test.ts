import {
  type HistoryPeriod,
  LawGap,
  loadParameters,
  type MaternityEvent,
  maternityPay,
  qualidadeDeSegurado,
} from '../../src/law'
import { parameterFolder, salaries } from './world'

const parameters = loadParameters(parameterFolder)

function period(
  category: HistoryPeriod['category'],
  paid: Record<string, number>,
  end: string | null = null,
): HistoryPeriod {
  const start = `${Object.keys(paid).sort()[0] ?? '2020-01'}-01`
  return { start, end, category, kind: 'comum', salaries: paid }
}

function pay(history: HistoryPeriod[], eventDate: string, eventKind: MaternityEvent = 'parto') {
  return maternityPay(parameters, { eventKind, eventDate, history })
}

describe('salario-maternidade', () => {
  it('lasts 120 days, the first one counted', () => {
    const answer = pay([period('mei', salaries('2026-01', '2026-09', 162_100))], '2026-10-01')
    expect(answer).toMatchObject({ durationDays: 120, startDate: '2026-10-01', endDate: '2027-01-28' })
  })

  it.each([
    ['adocao', 120],
    ['natimorto', 120],
    ['afastamento_pre_parto', 120],
    ['aborto', 14],
  ] as const)('for %s lasts %d days', (kind, days) => {
    expect(
      pay([period('mei', salaries('2026-01', '2026-09', 162_100))], '2026-10-01', kind).durationDays,
    ).toBe(days)
  })

  it('of who pays for oneself is the sum of the last 12 in 15 months over 12, raised to the minimum', () => {
    const ten = pay(
      [period('contribuinte_individual', salaries('2026-01', '2026-10', 162_100))],
      '2026-11-01',
    )
    expect(ten).toMatchObject({ amount: 162_100, basis: 'salario_minimo', paidBy: 'inss' })
    const twelve = pay(
      [period('contribuinte_individual', salaries('2025-08', '2026-10', 400_000))],
      '2026-11-01',
    )
    expect(twelve).toMatchObject({ amount: 400_000, basis: 'soma_dos_12_ultimos_dividida_por_12' })
    const sixOld = pay(
      [period('contribuinte_individual', salaries('2025-08', '2026-01', 400_000))],
      '2026-11-01',
    )
    expect(sixOld.amount).toBe(200_000)
  })

  it('of a MEI is the minimum wage of 2026', () => {
    expect(pay([period('mei', salaries('2024-01', '2026-10', 162_100))], '2026-11-01').amount).toBe(162_100)
  })

  it('of an employee is the full pay, even above the ceiling, and the employer pays it', () => {
    const answer = pay([period('empregado', salaries('2024-01', '2026-10', 1_500_000))], '2026-11-01')
    expect(answer).toMatchObject({ amount: 1_500_000, basis: 'remuneracao_integral', paidBy: 'empregador' })
  })

  it('of an employee with pay that changes is the mean of the last six', () => {
    const paid = {
      '2026-01': 200_000,
      '2026-02': 220_000,
      '2026-03': 210_000,
      '2026-04': 250_000,
      '2026-05': 240_000,
      '2026-06': 280_000,
    }
    const answer = pay([period('empregado', paid)], '2026-07-10')
    expect(answer).toMatchObject({
      amount: 233_333,
      basis: 'media_dos_6_ultimos',
      assumptions: ['remuneracao_variavel'],
    })
  })

  it('of an employee counts a month of low pay in the mean too', () => {
    const paid = { ...salaries('2026-01', '2026-04', 200_000), '2026-05': 100_000, '2026-06': 210_000 }
    expect(pay([period('empregado', paid)], '2026-07-10').amount).toBe(185_000)
  })

  it('after one raise is still the last full pay', () => {
    const paid = { ...salaries('2026-01', '2026-04', 200_000), '2026-05': 220_000, '2026-06': 220_000 }
    expect(pay([period('empregado', paid)], '2026-07-10')).toMatchObject({
      amount: 220_000,
      basis: 'remuneracao_integral',
    })
  })

  it('of a domestic worker is the last base, between the minimum and the ceiling', () => {
    expect(pay([period('domestico', salaries('2025-01', '2026-10', 180_000))], '2026-11-01')).toMatchObject({
      amount: 180_000,
      paidBy: 'inss',
    })
    expect(pay([period('domestico', salaries('2025-01', '2026-10', 999_999))], '2026-11-01').amount).toBe(
      847_555,
    )
  })

  it('of a fisher of the family economy is the minimum wage', () => {
    const history: HistoryPeriod[] = [
      { start: '2015-01-01', end: null, category: 'segurado_especial', kind: 'rural' },
    ]
    expect(pay(history, '2026-11-01')).toMatchObject({
      entitled: true,
      amount: 162_100,
      basis: 'salario_minimo',
    })
  })

  it('of an employee dismissed ten months ago is paid by INSS, within the grace', () => {
    const answer = pay(
      [period('empregado', salaries('2024-01', '2026-01', 240_000), '2026-01-31')],
      '2026-11-01',
    )
    expect(answer).toMatchObject({
      entitled: true,
      paidBy: 'inss',
      amount: 162_100,
      conditions: [{ id: 'qualidade_de_segurado', required: '2026-11-01', found: '2027-03-15', met: true }],
    })
  })

  it('is refused when the grace is over, saying until when it was', () => {
    const answer = pay(
      [period('empregado', salaries('2024-01', '2024-06', 240_000), '2024-06-30')],
      '2026-11-01',
    )
    expect(answer).toMatchObject({
      entitled: false,
      conditions: [{ required: '2026-11-01', found: '2025-08-15', met: false }],
    })
  })

  it('without any record is refused', () => {
    expect(pay([], '2026-11-01')).toMatchObject({
      entitled: false,
      amount: null,
      conditions: [{ found: '' }],
    })
  })

  it('asks for no carencia: one month paid is enough', () => {
    expect(pay([period('facultativo', { '2026-09': 162_100 })], '2026-11-01').entitled).toBe(true)
  })

  it('for an event before coverage is a gap', () => {
    expect(() => pay([period('mei', salaries('2015-01', '2016-01', 88_000))], '2016-02-01')).toThrow(LawGap)
  })
})

describe('who is insured', () => {
  const status = (history: HistoryPeriod[], date: string) => qualidadeDeSegurado(parameters, history, date)
  const oneMonth = [period('empregado', { '2024-01': 200_000 }, '2024-01-31')]

  it.each([
    ['2024-01-31', true, 'contribuindo'],
    ['2024-02-01', true, 'periodo_de_graca'],
    ['2025-03-14', true, 'periodo_de_graca'],
    ['2025-03-15', true, 'periodo_de_graca'],
    ['2025-03-16', false, 'perdida'],
  ])('one month of work in 01/2024 covers %s: %s', (date, insured, situation) => {
    expect(status(oneMonth, date)).toMatchObject({ insured, situation })
  })

  it('who pays as facultativo keeps it six months', () => {
    const history = [period('facultativo', { '2024-01': 200_000 }, '2024-01-31')]
    expect(status(history, '2024-06-01')).toMatchObject({ until: '2024-09-15', graceMonths: 6 })
  })

  it('more than 120 contributions in a row give twelve months more', () => {
    const paid = (months: string) => [
      period('empregado', salaries('2014-01', months, 200_000), `${months}-28`),
    ]
    expect(status(paid('2023-12'), '2024-06-01').graceMonths).toBe(12)
    expect(status(paid('2024-01'), '2024-06-01')).toMatchObject({ graceMonths: 24, until: '2026-03-15' })
  })

  it('a month below the minimum does not keep it', () => {
    const history = [
      period('contribuinte_individual', { '2024-01': 200_000, '2024-02': 50_000 }, '2024-02-29'),
    ]
    expect(status(history, '2024-06-01').until).toBe('2025-03-15')
  })

  it('a pending period does not count', () => {
    const history = [{ ...period('empregado', { '2024-01': 200_000 }), indicators: ['PEXT'] }]
    expect(status(history, '2024-01-15')).toMatchObject({
      insured: false,
      situation: 'nunca_filiado',
      until: null,
    })
  })
})
