import fc from 'fast-check'
import { packState, unpackState } from '../../src/store/redis-form'

describe('a state as Redis keeps it', () => {
  const open = {
    version: 1,
    greeted: true,
    dialogs: [
      {
        id: 'simulate-retirement',
        state: {
          instance: 'a1',
          facts: { time: { years: 16, months: 4, days: 0 } },
          given: ['time'],
          failures: {},
          questions: 5,
          asked: { fact: 'stillContributing', questionId: 'a1.stillContributing.5', choices: ['Sim', 'Não'] },
        },
      },
    ],
    lastReplies: [
      { text: 'Você ainda contribui hoje?', expects: 'a.b', questionId: 'q', choices: ['Sim', 'Não'] },
    ],
    wishes: [],
    notUnderstood: 0,
    guards: { last: 'TjcWRmRHfnb-', same: 1, minute: 1_795_663_200_000, count: 5, at: 1_795_663_243_701 },
  }

  test('takes much fewer bytes', () => {
    expect(packState(open).length).toBeLessThan(JSON.stringify(open).length * 0.8)
    expect(unpackState(packState(open))).toEqual(open)
  })

  test('comes back as it was, whatever people wrote', () => {
    const words = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('","questionId":"', '\u0001\u000e\u0019', '["Sim","Não"]', '\\u0001'),
    )
    const said = fc.array(words).map((parts) => parts.join(''))
    fc.assert(
      fc.property(said, fc.jsonValue(), (text, value) => {
        const state = JSON.parse(JSON.stringify({ ...open, lastReplies: [{ text }], [text]: value }))
        expect(unpackState(packState(state))).toEqual(state)
      }),
      { numRuns: 2000 },
    )
  })

  test('one from before it was packed is read too', () => {
    expect(unpackState(JSON.stringify(open))).toEqual(open)
  })
})
