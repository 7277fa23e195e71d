import fc from 'fast-check'
import { calendar } from '../../src/law'

const { addDays, addMonths, addYears, ageOn, daysBetween, easterOf, isCivilDate, weekday } = calendar

describe('civil dates', () => {
  it.each([
    ['1998-01-31', 1, '1998-03-01'],
    ['1996-01-31', 1, '1996-03-01'],
    ['1996-01-29', 1, '1996-02-29'],
    ['2026-03-31', -1, '2026-03-01'],
    ['2025-12-15', 1, '2026-01-15'],
    ['2026-01-15', -1, '2025-12-15'],
  ])('%s and %d month(s) is %s', (date, months, expected) => {
    expect(addMonths(date, months)).toBe(expected)
  })

  it('someone born on 29 February has the birthday on 1 March of common years', () => {
    expect(addYears('1964-02-29', 62)).toBe('2026-03-01')
    expect(addYears('1964-02-29', 60)).toBe('2024-02-29')
  })

  it.each([
    ['1964-02-29', '2026-02-28', { years: 61, months: 11, days: 30 }],
    ['1964-02-29', '2026-03-01', { years: 62, months: 0, days: 0 }],
    ['1966-05-10', '2026-11-23', { years: 60, months: 6, days: 13 }],
    ['1966-05-10', '1966-05-10', { years: 0, months: 0, days: 0 }],
  ])('born %s, on %s', (birth, date, age) => {
    expect(ageOn(birth, date)).toEqual(age)
  })

  it.each([
    ['2026-02-29', false],
    ['2024-02-29', true],
    ['1900-02-29', false],
    ['2000-02-29', true],
    ['2026-13-01', false],
    ['2026-00-10', false],
    ['2026-1-1', false],
    ['2026-11-31', false],
  ])('%s exists: %s', (text, exists) => {
    expect(isCivilDate(text)).toBe(exists)
  })

  it.each([
    [2024, '2024-03-31'],
    [2025, '2025-04-20'],
    [2026, '2026-04-05'],
    [2027, '2027-03-28'],
    [2038, '2038-04-25'],
  ])('Easter of %d is %s', (year, date) => {
    expect(easterOf(year)).toBe(date)
  })

  it('agrees with the calendar of the machine over four centuries', () => {
    fc.assert(
      fc.property(fc.integer({ min: -60_000, max: 90_000 }), (number) => {
        const machine = new Date(number * 86_400_000)
        const date = calendar.fromDayNumber(number)
        expect(date).toBe(machine.toISOString().slice(0, 10))
        expect(calendar.toDayNumber(date)).toBe(number)
        expect(weekday(date)).toBe(machine.getUTCDay())
      }),
    )
  })

  it('days added are days between', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -20_000, max: 40_000 }),
        fc.integer({ min: 0, max: 40_000 }),
        (start, days) => {
          const from = calendar.fromDayNumber(start)
          expect(daysBetween(from, addDays(from, days))).toBe(days)
        },
      ),
    )
  })

  it('a month more is later, and time passed grows day by day', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 30_000 }), fc.integer({ min: 0, max: 900 }), (start, months) => {
        const from = calendar.fromDayNumber(start)
        expect(addMonths(from, months + 1) > addMonths(from, months)).toBe(true)
        const total = ({ years, months: m, days }: { years: number; months: number; days: number }) =>
          (years * 12 + m) * 31 + days
        const to = addMonths(from, months)
        expect(total(ageOn(from, addDays(to, 1)))).toBeGreaterThan(total(ageOn(from, to)))
      }),
    )
  })
})
