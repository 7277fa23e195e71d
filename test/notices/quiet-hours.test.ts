import { dueAt } from '../../src/notices/quiet-hours'

/** Brasília is three hours behind UTC: 12:00Z is nine o'clock. 2026-11-25 is a Wednesday. */
const at = (instant: string) => Date.parse(instant)
const due = (now: string, wish: { earliest?: string; deadline?: string } = {}) => {
  const found = dueAt(at(now), {
    ...(wish.earliest !== undefined && { earliest: at(wish.earliest) }),
    ...(wish.deadline !== undefined && { deadline: at(wish.deadline) }),
  })
  return found === undefined ? undefined : new Date(found).toISOString()
}

describe('a notice goes out', () => {
  it.each([
    ['at once in the middle of the day', '2026-11-25T15:20:31Z', '2026-11-25T15:20:31.000Z'],
    ['at once at nine sharp', '2026-11-25T12:00:00Z', '2026-11-25T12:00:00.000Z'],
    ['at nine when it is a minute before', '2026-11-25T11:59:00Z', '2026-11-25T12:00:00.000Z'],
    ['at once a minute before eight in the evening', '2026-11-25T22:59:00Z', '2026-11-25T22:59:00.000Z'],
    ['tomorrow at nine when it is eight in the evening', '2026-11-25T23:00:00Z', '2026-11-26T12:00:00.000Z'],
    ['at nine when it is a second before midnight', '2026-11-26T02:59:59Z', '2026-11-26T12:00:00.000Z'],
    ['at nine when it is midnight', '2026-11-26T03:00:00Z', '2026-11-26T12:00:00.000Z'],
    ['on Saturday like on any day', '2026-11-28T14:00:00Z', '2026-11-28T14:00:00.000Z'],
    ['on Monday when it is Saturday evening', '2026-11-28T23:30:00Z', '2026-11-30T12:00:00.000Z'],
    ['on Monday when it is Sunday noon', '2026-11-29T15:00:00Z', '2026-11-30T12:00:00.000Z'],
    ['on Monday when it is the last second of Sunday', '2026-11-30T02:59:59Z', '2026-11-30T12:00:00.000Z'],
  ])('%s', (_, now, expected) => {
    expect(due(now)).toBe(expected)
  })

  it('not before it is wanted', () => {
    expect(due('2026-11-23T15:00:00Z', { earliest: '2026-11-25T03:00:00Z' })).toBe('2026-11-25T12:00:00.000Z')
  })
})

describe('one that must not come too late', () => {
  it('waits for the next hours when they are in time', () => {
    expect(due('2026-11-25T03:00:00Z', { deadline: '2026-11-26T09:00:00Z' })).toBe('2026-11-25T12:00:00.000Z')
  })

  it('goes out at the last allowed time before: on Saturday evening for Monday at seven', () => {
    const wish = { earliest: '2026-11-29T03:00:00Z', deadline: '2026-11-30T08:00:00Z' }
    expect(due('2026-11-27T15:00:00Z', wish)).toBe('2026-11-28T22:59:00.000Z')
  })

  it('goes out by day on Sunday when Saturday is over', () => {
    expect(due('2026-11-29T03:00:00Z', { deadline: '2026-11-30T08:00:00Z' })).toBe('2026-11-29T12:00:00.000Z')
  })

  it('never goes out at night: it stays unsaid', () => {
    expect(due('2026-11-26T01:00:00Z', { deadline: '2026-11-26T09:00:00Z' })).toBeUndefined()
    expect(due('2026-11-25T15:00:00Z', { deadline: '2026-11-25T14:00:00Z' })).toBeUndefined()
  })
})
