import { readFileSync, writeFileSync } from 'node:fs'
import { projectFile } from '../../src/files'
import { isCpf } from '../../src/inss-api/digits'
import type { Benefit, Citizen } from '../../src/inss-api/sandbox/citizen'
import { isBenefitNumber } from '../../src/inss-api/sandbox/digits'
import { defaultCitizensFolder, loadCitizens } from '../../src/inss-api/sandbox/index'
import { calendar, loadParameters } from '../../src/law'

const clocks = ['2026-11-23', '2027-02-28', '2028-02-29', '2031-12-31']
const parameters = loadParameters(projectFile('src/law/parameters'))
const load = (today: string) => loadCitizens(defaultCitizensFolder, today, parameters)

function one(citizens: Citizen[], name: string): Citizen {
  const found = citizens.find((citizen) => citizen.name.startsWith(name))
  if (found === undefined) throw new Error(`no citizen ${name}`)
  return found
}

function benefitOf(citizens: Citizen[], name: string): Benefit {
  const [benefit] = one(citizens, name).benefits
  if (benefit === undefined) throw new Error(`no benefit of ${name}`)
  return benefit
}

describe.each(clocks)('the synthetic citizens on %s', (today) => {
  const citizens = load(today)

  test('are the same people with the same answer when loaded twice', () => {
    expect(load(today)).toEqual(citizens)
    expect(citizens.length).toBeGreaterThanOrEqual(24)
  })

  test('carry numbers with right check digits, CPFs in the range never issued', () => {
    for (const { cpf, benefits } of citizens) {
      expect(cpf).toMatch(/^000/)
      expect(isCpf(cpf)).toBe(true)
      for (const { number } of benefits) expect(isBenefitNumber(number)).toBe(true)
    }
    expect(new Set(citizens.map(({ cpf }) => cpf)).size).toBe(citizens.length)
  })

  test('have salaries month after month, inside the job, from a tenth of the minimum to a few ceilings', () => {
    for (const { relationships } of citizens) {
      for (const { start, end, earnings, lastEarning } of relationships) {
        const months = earnings.map(({ competencia }) => competencia)
        expect(months).toEqual([...new Set(months)].sort())
        expect(
          months.every((month) => start.slice(0, 7) <= month && month <= (end ?? today).slice(0, 7)),
        ).toBe(true)
        expect(lastEarning).toBe(months.at(-1) ?? null)
        expect(earnings.every(({ amount }) => amount > 100 && amount < 3_000_000)).toBe(true)
        expect(end === null || end <= today).toBe(true)
      }
    }
  })

  test('still at work have last month in the record', () => {
    const last = one(citizens, 'Marinalva').relationships.at(-1)
    expect(last).toMatchObject({ end: null })
    const [year = 0, month = 0] = today.split('-').map(Number)
    const previous = month === 1 ? `${year - 1}-12` : `${year}-${String(month - 1).padStart(2, '0')}`
    expect(last?.lastEarning).toBe(previous)
  })

  test('see payments whose lines add up, newest first, each later than the one before', () => {
    for (const { benefits } of citizens) {
      for (const { payments } of benefits) {
        expect(payments.length).toBeGreaterThan(0)
        for (const { lines, gross, net } of payments) {
          const total = (kind: string) =>
            lines.filter((line) => line.kind === kind).reduce((sum, { amount }) => sum + amount, 0)
          expect(gross).toBe(total('credit'))
          expect(net).toBe(gross - total('debit'))
          expect(net).toBeGreaterThan(0)
        }
        const days = payments.map(({ payDate }) => payDate)
        expect(days).toEqual([...new Set(days)].sort().reverse())
      }
    }
  })

  test('see every change of the amount explained by the lines that changed', () => {
    for (const { benefits } of citizens) {
      for (const { payments } of benefits) {
        for (const [index, payment] of payments.entries()) {
          const previous = payments[index + 1]
          if (previous === undefined) continue
          expect(payment.comparedWithPrevious?.difference).toBe(payment.net - previous.net)
          if (payment.net !== previous.net) expect(payment.comparedWithPrevious?.because).not.toEqual([])
        }
      }
    }
  })

  test('with an active benefit have the next payment after today and 24 months behind, when it is that old', () => {
    for (const benefit of citizens.flatMap(({ benefits }) => benefits)) {
      if (benefit.status !== 'active') {
        expect(benefit.nextPayment).toBeNull()
        continue
      }
      expect(benefit.nextPayment?.payDate.localeCompare(today)).toBe(1)
      expect(benefit.payments[0]).toEqual(benefit.nextPayment)
      expect(benefit.payments.slice(1).every(({ payDate }) => payDate <= today)).toBe(true)
      if (benefit.species.code !== '80') expect(benefit.payments).toHaveLength(25)
    }
  })

  test('get two instalments of the 13th in each whole year, except the BPC', () => {
    const thirteenths = (name: string) =>
      benefitOf(citizens, name).payments.filter(({ lines }) => lines.some(({ code }) => code === '104'))
    expect([3, 4, 5]).toContain(thirteenths('Benedito').length)
    expect(thirteenths('Pedro')).toEqual([])
  })

  test('tell the payment stories: suspended, returned, blocked, reduced, ended', () => {
    const osvaldo = benefitOf(citizens, 'Osvaldo')
    expect(osvaldo).toMatchObject({
      status: 'suspended',
      statusReason: { code: 'prova_de_vida' },
      nextPayment: null,
    })
    expect(osvaldo.payments.slice(0, 3).map(({ status }) => status)).toEqual([
      'suspended',
      'suspended',
      'paid',
    ])
    expect(osvaldo.statusReason?.since).toBe(osvaldo.payments[1]?.payDate)

    const lourdes = benefitOf(citizens, 'Maria de Lourdes')
    expect(lourdes.payments[1]).toMatchObject({ status: 'returned', reason: { code: 'conta_encerrada' } })

    const guiomar = benefitOf(citizens, 'Guiomar')
    expect(guiomar.payments[0]).toMatchObject({
      status: 'blocked',
      reason: { code: 'cadunico_desatualizado' },
    })

    const raimundo = benefitOf(citizens, 'Raimundo').payments[1]
    expect(raimundo?.lines).toContainEqual(
      expect.objectContaining({ code: '216', detail: expect.stringContaining('Parcela 1 de 72') }),
    )
    expect(raimundo?.comparedWithPrevious?.because).toContain('216')

    const valdemar = benefitOf(citizens, 'Valdemar')
    expect(valdemar).toMatchObject({
      status: 'ceased',
      statusReason: { code: 'fim_do_prazo' },
      nextPayment: null,
    })
    expect(valdemar.statusReason?.since).toBe(valdemar.endDate)
  })

  test('with a loan see the instalments counted one by one', () => {
    const details = benefitOf(citizens, 'Benedito').payments.map(
      ({ lines }) => lines.find(({ code }) => code === '216')?.detail,
    )
    expect(details.slice(0, 3)).toEqual([
      'Banco Jatobá. Parcela 21 de 84',
      'Banco Jatobá. Parcela 20 de 84',
      'Banco Jatobá. Parcela 19 de 84',
    ])
  })

  test('carry the marks of months below the minimum only where the sum is below', () => {
    const severino = one(citizens, 'Severino').relationships.find(
      ({ category }) => category === 'contribuinte_individual',
    )
    const marked = severino?.earnings.filter(({ indicators }) => indicators.includes('PREC-MENOR-MIN'))
    expect(marked?.length).toBe(15)
    const clean = one(citizens, 'Marinalva').relationships
    expect(
      clean.flatMap(({ indicators, earnings }) => [
        ...indicators,
        ...earnings.flatMap((month) => month.indicators),
      ]),
    ).toEqual([])
  })

  test('have requests whose events lie in the past, in order', () => {
    const requests = citizens.flatMap(({ pastRequests }) => pastRequests)
    expect(new Set(requests.map(({ status }) => status))).toEqual(
      new Set(['in_analysis', 'needs_document', 'granted', 'denied']),
    )
    for (const { createdOn, events } of requests) {
      const days = events.map(({ on }) => on)
      expect(days).toEqual([...days].sort())
      expect(days[0]).toBe(createdOn)
      expect(days.every((day) => day <= today)).toBe(true)
    }
  })
})

describe('the synthetic citizens', () => {
  test('hold on any day, also at the ends of months', () => {
    for (let day = '2026-11-30'; day < '2028-12-31'; day = calendar.addDays(day, 41)) {
      expect(load(day).length).toBeGreaterThanOrEqual(24)
    }
    for (let month = '2027-01'; month <= '2027-12'; month = calendar.addCompetencias(month, 1)) {
      expect(load(calendar.lastDayOf(month)).flatMap(({ benefits }) => benefits).length).toBeGreaterThan(0)
    }
  })

  test('paid on the official days of November 2026, by the digit before the last', () => {
    const citizens = load('2026-11-23')
    // Final 4, one minimum wage: 27 November; final 3, above it: 3 December.
    expect(benefitOf(citizens, 'Benedito').nextPayment).toMatchObject({
      competencia: '2026-11',
      payDate: '2026-11-27',
    })
    expect(benefitOf(citizens, 'Terezinha')).toMatchObject({
      aboveMinimum: true,
      nextPayment: { competencia: '2026-11', payDate: '2026-12-03' },
    })
  })

  test('follow the minimum wage in January and the readjustment of 3.90% above it', () => {
    const citizens = load('2026-11-23')
    const amount = (name: string, competencia: string) =>
      benefitOf(citizens, name)
        .payments.find((payment) => payment.competencia === competencia)
        ?.lines.find(({ code }) => code === '101')?.amount
    expect([amount('Benedito', '2025-12'), amount('Benedito', '2026-01')]).toEqual([151_800, 162_100])
    const before = amount('Terezinha', '2025-12') ?? 0
    expect(Math.abs((amount('Terezinha', '2026-01') ?? 0) - before * 1.039)).toBeLessThanOrEqual(1)
    const january = benefitOf(citizens, 'Benedito').payments.find(
      ({ competencia }) => competencia === '2026-01',
    )
    expect(january?.comparedWithPrevious).toEqual({ difference: 10_300, because: ['101'] })
  })

  test('get the 13th of 2026 in halves with April and May', () => {
    const found = benefitOf(load('2026-11-23'), 'Benedito').payments.flatMap(({ competencia, lines }) =>
      lines
        .filter(({ code }) => code === '104')
        .map(({ description, amount }) => `${competencia} ${description} ${amount}`),
    )
    expect(found).toContain('2026-04 13º salário, 1ª parcela 81050')
    expect(found).toContain('2026-05 13º salário, 2ª parcela 81050')
  })

  test('had an association discount only until it was stopped in 2025', () => {
    const discounted = benefitOf(load('2026-11-23'), 'Terezinha')
      .payments.filter(({ lines }) => lines.some(({ code }) => code === '249'))
      .map(({ competencia }) => competencia)
    expect(discounted[0]).toBe('2025-03')
    expect(discounted.length).toBeGreaterThan(3)
  })

  test('are listed in the documentation as they are', () => {
    const file = projectFile('docs/synthetic-citizens.md')
    const rows = load('2026-11-23').map(
      ({ name, socialName, cpf, govbr, what }) =>
        `| ${socialName ?? name} | ${cpf.replace(/(\d{3})(\d{3})(\d{3})(\d{2})/, '$1.$2.$3-$4')} | \`${govbr.password}\` | ${govbr.level} | ${what} |`,
    )
    const text = readFileSync(file, 'utf8')
    const updated = text.replace(/(\| ---.*\n)(\|.*\n)+/, `$1${rows.join('\n')}\n`)
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, updated)
    else expect(text).toBe(updated)
  })
})
