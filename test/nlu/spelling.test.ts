import { createSpeller } from '../../src/nlu/spelling'

test.each([
  ['perido', 'perito'],
  ['pirito', 'perito'],
  ['perigo', 'perigo'],
  ['xyz', 'xyz'],
])('%s is read as %s', (written, read) => {
  expect(createSpeller({ perito: 9 }, ['perigo'])(written)).toBe(read)
})

test('a word of the language is taken for ours where nobody says that it is one', () => {
  expect(createSpeller({ perito: 9 })('perigo')).toBe('perito')
})
