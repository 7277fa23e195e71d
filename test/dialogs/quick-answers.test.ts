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

describe('the income of the household', () => {
  const known = { amounts: { minimumWage: 162_100, ceiling: 0, since: '2026-01-01' }, today: '2026-11-26' }
  const asked = (said: string, about?: string) => quickAnswer(said, known as unknown as Context, about)

  it.each([
    'qual a renda pro loas?',
    'bpc qual o limite de renda por pessoa',
    'até quanto de renda pode ter pra receber bpc',
  ])('is explained when the BPC is named: %j', (said) => {
    expect(asked(said)).toContain('405,25')
  })

  it.each(['a gente ganha 2 salários aqui em casa, dá?', 'meu marido é aposentado, atrapalha?'])(
    'is explained after the BPC, and not after another benefit: %j',
    (said) => {
      expect(asked(said, 'bpc-idoso')).toContain('405,25')
      expect(asked(said, 'pensao-morte')).toBeUndefined()
      expect(asked(said)).toBeUndefined()
    },
  )

  it.each(['quero dar entrada no loas da minha filha', 'loas do meu pai não caiu'])(
    'is not asked: %j',
    (said) => {
      expect(asked(said, 'bpc-idoso')).toBeUndefined()
    },
  )
})

test('a value of last year says that it is one', () => {
  const stale = { amounts: { minimumWage: 162_100, ceiling: 0, since: '2026-01-01' }, today: '2027-01-04' }
  for (const said of ['qual a renda pro loas?', 'qual o salário mínimo?'])
    expect(quickAnswer(said, stale as unknown as Context)).toMatch(/2026.*2027/)
})
