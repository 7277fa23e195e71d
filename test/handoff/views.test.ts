import { lineOf, masked } from '../../src/handoff/views'

const names = () => undefined
const shown = (text: string, unmasked?: true) =>
  lineOf(
    { number: 1, at: '2026-11-25T12:00:00.000Z', who: 'bot', text },
    { names, ...(unmasked && { unmasked }) },
  ).text

test.each([
  ['a regra pede 35 anos (EC 103/2019, art. 16, I)'],
  ['Lei 8.213/1991, art. 25, II; IN 128/2022, art. 199, II'],
  ['Decreto nº 3.048/1999 e LC 142/2013'],
  ['cerca de R$ 1.621.000,00'],
])('%s is told as it stands', (text) => {
  expect(masked(text)).toBe(text)
})

test.each([
  ['meu cpf é 000.001.001-45', 'meu cpf é •••.•••.•••-••'],
  ['nasci em 12/03/1962', 'nasci em ••/••/••••'],
  ['liga no (11) 90000-0001', 'liga no (••) •••••-••••'],
  ['a lei diz que 00000100145 pode', 'a lei diz que ••••••••••• pode'],
])('%s is masked', (text, expected) => {
  expect(masked(text)).toBe(expected)
})

test('nobody at the desk can open the login link of a person', () => {
  const said = 'Entrar com gov.br: http://localhost:3978/entrar/Ab3-x_9\nVale por 10 minutos.'
  for (const text of [shown(said), shown(said, true)]) {
    expect(text).toContain('/entrar/••••••\nVale')
    expect(text).not.toContain('Ab3')
  }
})
