import { intentLines, report } from '../../src/nlu/evaluate'
import { predictEntity } from '../../src/nlu/evaluate-entities'
import type { IntentId } from '../../src/nlu/index'

const prediction = (intent: string, predicted: IntentId, confidence: number, understood = true) => ({
  text: '',
  intent,
  predicted,
  confidence,
  understood,
  alternatives: [],
})

test('the report counts what is right, accepted, refused and confused', () => {
  const lines = report(
    [
      prediction('yes', 'yes', 1),
      { ...prediction('check_payment', 'payment_missing', 1), also: ['payment_missing'] },
      prediction('no', 'yes', 1),
      prediction('out_of_scope', 'out_of_scope', 1),
      prediction('out_of_scope', 'login_problem', 0.3, false),
      prediction('crisis', 'crisis', 1),
      prediction('greeting', 'out_of_scope', 1),
    ],
    12,
  )
  expect(lines).toEqual(
    expect.arrayContaining([
      'right                      42.9 % (3 of 7)',
      'right or also              57.1 % (4 of 7)',
      'out of scope, recognised   50.0 % (1 of 2)',
      'out of scope, not acted on 100.0 % (2 of 2)',
      'in scope, refused          20.0 % (1 of 5)',
      'crisis recognised          100.0 % (1 of 1)',
      'crisis, false alarms       0.0 % (0 of 6)',
      'time a sentence            12 µs',
      '    1 no → yes',
      '  0.2  50.0 %, 20.0 %',
      '  0.4  100.0 %, 20.0 %',
    ]),
  )
})

test.each([
  [{ question_kind: 'money', text: 'dois salários', value: '2xSM' }, 'sure'],
  [{ question_kind: 'money', text: 'o teto', value: 'teto' }, 'sure'],
  [{ question_kind: 'money', text: 'mil e cem', value: '1100.00' }, 'sure'],
  [{ question_kind: 'duration', text: '200 meses', value: 'P200M' }, 'sure'],
  [{ question_kind: 'duration', text: 'nada', value: 'P0Y' }, 'sure'],
  [{ question_kind: 'birth_date', text: 'abril de 64', value: '1964-04' }, 'again'],
  [{ question_kind: 'choice', text: 'a segunda', value: 2, note: '3 options' }, 'sure'],
  [{ question_kind: 'choice', text: 'a de tarde', value: 'tarde', note: 'options: 1 manhã 2 tarde' }, 'sure'],
  [{ question_kind: 'choice', text: 'nenhuma', value: 'none', note: '3 options' }, 'again'],
  [{ question_kind: 'choice', text: 'volta', value: '@go_back', note: '3 options' }, 'sure'],
  [{ question_kind: 'yes_no', text: 'quero não', value: 'no' }, 'sure'],
])('the notation of %j', (line, certainty) => {
  expect(predictEntity(line, '2026-11-23')).toMatchObject({ predicted: line.value, certainty })
})

test('a kind of question nobody reads is said', () => {
  expect(() => predictEntity({ question_kind: 'mood', text: 'bom', value: null }, '2026-11-23')).toThrow(
    'mood',
  )
})

test('sentences come from JSONL or from CSV alike', () => {
  const line = { text: 'não caiu, e agora?', intent: 'payment_missing', also: ['check_payment', 'complaint'] }
  expect(intentLines(`${JSON.stringify(line)}\n\n`)).toEqual([line])
  const csv =
    'text,intent,also\r\n"não caiu, e agora?",payment_missing,check_payment complaint\r\noi,greeting,\r\n'
  expect(intentLines(csv)).toEqual([line, { text: 'oi', intent: 'greeting' }])
})

test('a line that cannot be used is named', () => {
  expect(() => intentLines('text,intent\noi,greeting\ntchau,bye\n')).toThrow('line 3')
  expect(() => intentLines('{"text":"oi","intent":"greeting"}\n{oops\n')).toThrow('line 2')
})
