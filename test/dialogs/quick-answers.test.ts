import { quickAnswer } from '../../dialogs/repair/explain'
import type { Context } from '../../dialogs/service'
import { t } from '../../src/text'

const context = { amounts: {}, today: '2026-11-26' } as unknown as Context

it.each(['vc é robo?', 'Você é um robô ou uma pessoa?', 'to falando com uma pessoa?', 'oi, você é humano'])(
  'says what answers here: %j',
  (said) => {
    expect(quickAnswer(said, context)).toBe(t('menu.short_greeting'))
  },
)

it.each([
  'quero falar com uma pessoa',
  'vc é péssimo',
  'uma pessoa',
  'a pessoa morreu',
  'vc ia me mandar o protocolo',
])('is not asked what answers here: %j', (said) => {
  expect(quickAnswer(said, context)).toBeUndefined()
})

describe('who is retired and works', () => {
  it.each([
    'ja sou aposentado e voltei a trabalhar, tenho que pagar inss?',
    'aposentado que trabalha paga inss?',
    'me aposentei mas continuo trabalhando, preciso contribuir?',
    'posso me aposentar e continuar trabalhando?',
    'depois de aposentada, se eu voltar a trabalhar perco o benefício?',
    'quem está aposentado pode trabalhar',
    'se eu voltar a trabalhar eu perco a aposentadoria?',
    'sou aposentado e trabalho registrado, por que descontam inss do meu salario?',
    'sou aposentada por invalidez, posso trabalhar?',
    'to aposentado e trabalhando, o que pago pro inss volta? devo pagar?',
  ])('is told whether they pay and may: %j', (said) => {
    expect(quickAnswer(said, context)).toBe(t('answers.work_retired'))
  })

  it.each([
    'sou aposentado e veio desconto de associação que não pedi',
    'quero me aposentar, trabalho na roça, tenho que pagar o inss?',
    'meu pai é aposentado e o pagamento não caiu',
    'já sou aposentado, trabalhei 35 anos e quero revisão',
    'sou aposentado, posso fazer empréstimo?',
    'trabalho com carteira assinada e pago inss, quando posso aposentar?',
    'trabalhei 30 anos e contribuo, posso aposentar?',
  ])('is not what is asked: %j', (said) => {
    expect(quickAnswer(said, context)).toBeUndefined()
  })
})
