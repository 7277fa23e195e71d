import { calendar, LawGap, loadParameters, type Parameters, paymentDay } from '../../src/law'
import { parameterFolder } from './world'

const parameters = loadParameters(parameterFolder)
const unpublished: Parameters = { ...parameters, payDays: new Map() }

describe('the day a benefit is paid', () => {
  it.each([
    ['2026-11', 4, false, '2026-11-27'],
    ['2026-11', 6, false, '2026-12-01'],
    ['2026-11', 0, false, '2026-12-07'],
    ['2026-11', 1, true, '2026-12-01'],
    ['2026-11', 6, true, '2026-12-01'],
    ['2026-05', 9, false, '2026-06-05'],
    ['2026-12', 3, false, '2026-12-28'],
  ])(
    'of %s, final %d, above the minimum %s, is %s in the published calendar',
    (competencia, digit, aboveMinimum, payDate) => {
      expect(paymentDay(parameters, { competencia, digit, aboveMinimum })).toEqual({
        payDate,
        status: 'official',
        source: 'INSS, calendário de pagamentos de 2026, divulgado em 17/12/2025',
      })
    },
  )

  it('is found from business days exactly as INSS published all of 2026', () => {
    for (const [competencia, published] of parameters.payDays) {
      for (const aboveMinimum of [false, true]) {
        for (let digit = 0; digit < 10; digit += 1) {
          const official = (aboveMinimum ? published.aboveMinimum : published.untilMinimum)[String(digit)]
          const computed = paymentDay(unpublished, { competencia, digit, aboveMinimum })
          expect([competencia, digit, computed.payDate, computed.status]).toEqual([
            competencia,
            digit,
            official,
            'computed',
          ])
        }
      }
    }
  })

  it('skips Carnival, Good Friday, Corpus Christi, 24 and 31 December, and 20 November only since 2024', () => {
    const skipped = [
      '2027-02-08',
      '2027-02-09',
      '2027-03-26',
      '2027-05-27',
      '2027-12-24',
      '2027-12-31',
      '2029-11-20',
    ]
    const days = new Set<string>()
    for (let i = 0; i < 60; i += 1) {
      const competencia = calendar.addCompetencias('2026-12', i)
      for (let digit = 0; digit < 10; digit += 1) {
        for (const aboveMinimum of [false, true]) {
          days.add(paymentDay(unpublished, { competencia, digit, aboveMinimum }).payDate)
        }
      }
    }
    expect(skipped.filter((day) => days.has(day))).toEqual([])
    expect([...days].filter((day) => [0, 6].includes(calendar.weekday(day)))).toEqual([])
  })

  it('is a gap before the rule began', () => {
    expect(() => paymentDay(parameters, { competencia: '2008-04', digit: 1, aboveMinimum: false })).toThrow(
      new LawGap('calendario-de-pagamentos', '2008-04-01'),
    )
  })
})
