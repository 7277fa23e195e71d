import { projectFile } from '../../src/files'
import type { Citizen } from '../../src/inss-api/sandbox/citizen'
import { defaultCitizensFolder, loadCitizens } from '../../src/inss-api/sandbox/index'
import {
  calendar,
  type HistoryPeriod,
  loadParameters,
  maternityPay,
  type RuleId,
  type SimulationAnswer,
  simulateRetirement,
} from '../../src/law'

const parameters = loadParameters(projectFile('src/law/parameters'))

describe.each(['2026-11-23', '2027-02-28', '2028-02-29', '2031-12-31'])('on %s', (today) => {
  const citizens = loadCitizens(defaultCitizensFolder, today, parameters)
  const find = (name: string): Citizen => {
    const citizen = citizens.find((one) => one.name.startsWith(name))
    if (citizen === undefined) throw new Error(`no citizen ${name}`)
    return citizen
  }
  const simulate = (name: string): SimulationAnswer => {
    const citizen = find(name)
    return simulateRetirement(parameters, {
      asOf: today,
      sex: citizen.sex,
      birthDate: citizen.birthDate,
      history: historyOf(citizen),
    })
  }
  const rights = (name: string): RuleId[] =>
    simulate(name)
      .rules.filter(({ entitled }) => entitled)
      .map(({ id }) => id)
  const dateOf = (name: string, rule: RuleId) =>
    simulate(name).rules.find(({ id }) => id === rule)?.entitledOn

  test('Marinalva and Neide may retire by age, with nothing pending', () => {
    for (const name of ['Marinalva', 'Neide']) {
      expect(rights(name)).toContain('art18_idade')
      expect(simulate(name).pending).toEqual([])
    }
  })

  test('João Batista may retire by points, not by age, with nothing pending', () => {
    expect(rights('João Batista')).toContain('art15_pontos')
    expect(rights('João Batista')).not.toContain('art18_idade')
    expect(simulate('João Batista').pending).toEqual([])
  })

  test('Antônia has the right in four months', () => {
    expect(rights('Antônia')).not.toContain('art18_idade')
    expect(dateOf('Antônia', 'art18_idade')).toBe(calendar.addYears(find('Antônia').birthDate, 62))
  })

  test('Severino and Ivanilda lack months while a job is pending, and have them when it is solved', () => {
    for (const name of ['Severino', 'Ivanilda']) {
      expect(rights(name)).toEqual([])
      expect(simulate(name).totals.carencia).toBeLessThan(180)
      const pending = simulate(name).pending.find(({ indicator }) => indicator === 'PEXT')
      expect(pending?.totalsIfSolved.carencia).toBeGreaterThanOrEqual(180)
    }
  })

  test('Adalberto needs the pending job', () => {
    expect(rights('Adalberto')).toEqual([])
    expect(simulate('Adalberto').pending.map(({ indicator }) => indicator)).toContain('PEXT')
  })

  test('Elisabete, Luan, Gabriel, Valdemar and Camila are not there yet', () => {
    for (const name of ['Elisabete', 'Luan', 'Gabriel', 'Valdemar', 'Camila'])
      expect(rights(name)).toEqual([])
  })

  test('Aparecida has the right only with the rural years', () => {
    expect(rights('Aparecida')).toEqual(['hibrida'])
  })

  test('José Bonfim has the rural right in three months', () => {
    expect(rights('José Bonfim')).toEqual([])
    expect(dateOf('José Bonfim', 'rural_idade')).toBe(calendar.addYears(find('José Bonfim').birthDate, 60))
  })

  test.each([
    ['Jéssica', 'inss'],
    ['Rosângela', 'inss'],
    ['Fabiana', 'inss'],
  ])('%s, with a baby, has maternity pay from the INSS', (name, paidBy) => {
    const citizen = find(name)
    const eventDate = citizen.dependants[0]?.birthDate ?? ''
    const answer = maternityPay(parameters, { eventKind: 'parto', eventDate, history: historyOf(citizen) })
    expect(answer).toMatchObject({ entitled: true, paidBy, durationDays: 120 })
  })

  test('Camila is paid by the employer', () => {
    const eventDate = calendar.addDays(today, 30)
    const answer = maternityPay(parameters, {
      eventKind: 'parto',
      eventDate,
      history: historyOf(find('Camila')),
    })
    expect(answer).toMatchObject({ entitled: true, paidBy: 'empregador' })
  })

  test('Fabiana’s benefit is the one the law gives', () => {
    const citizen = find('Fabiana')
    const [benefit] = citizen.benefits
    const eventDate = citizen.dependants[0]?.birthDate ?? ''
    const answer = maternityPay(parameters, { eventKind: 'parto', eventDate, history: historyOf(citizen) })
    expect([benefit?.startDate, benefit?.endDate]).toEqual([answer.startDate, answer.endDate])
    expect(benefit?.monthlyAmount).toBe(answer.amount)
  })
})

/** The record as the law reads it. */
function historyOf(citizen: Citizen): HistoryPeriod[] {
  return citizen.relationships.map(({ start, end, category, kind, plan, indicators, earnings }) => ({
    start,
    end,
    category,
    kind,
    plan: plan ?? undefined,
    indicators: indicators.map(({ code }) => code),
    salaries: Object.fromEntries(earnings.map(({ competencia, amount }) => [competencia, amount])),
  }))
}
