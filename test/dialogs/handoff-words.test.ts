import { deskFields, fieldLabel, readField } from '../../dialogs/handoff/fields'
import { offerInWords, readOffer } from '../../dialogs/handoff/offer'
import { readRating } from '../../dialogs/handoff/satisfaction'
import type { Option } from '../../dialogs/handoff/state'
import {
  isAngry,
  isElderly,
  leavesLine,
  needsAccessibility,
  tellsDisability,
} from '../../dialogs/handoff/words'
import type { Answer, Context, DeskOffer } from '../../dialogs/service'
import { loadUnderstanding } from '../../src/nlu/index'

const understand = loadUnderstanding()
const today = '2026-11-23'

describe('words that whoever takes over should know of', () => {
  it.each([
    'isso é um absurdo',
    'QUE PALHAÇADA É ESSA',
    'cansei, que vergonha esse inss',
    'já estou cansada de esperar',
    'vocês não resolvem nada',
    'vou processar o INSS',
    'que merda de robô',
    'falta de respeito com o idoso',
  ])('anger: %s', (text) => {
    expect(isAngry(text)).toBe(true)
  })

  it.each([
    'tenho vergonha de perguntar isso',
    'quero saber do processo de aposentadoria',
    'estou cansada, trabalho desde os 12 anos',
    'resolveu, obrigada',
    'não resolvi ainda se quero me aposentar',
    'meu marido morreu de raiva humana',
    'quero pedir o BPC',
  ])('no anger: %s', (text) => {
    expect(isAngry(text)).toBe(false)
  })

  it.each([
    ['meu filho é autista', true],
    ['bpc para pessoa com deficiência', true],
    ['sou cega de um olho', true],
    ['quero a carta de concessão', false],
    ['sou segurado especial', false],
  ])('disability: %s', (text, told) => {
    expect(tellsDisability(text)).toBe(told)
  })

  it.each([
    ['sou surda, tem atendimento em libras?', true],
    ['não enxergo direito as letras', true],
    ['não escuto nada no telefone', true],
    ['não vejo meu pagamento', false],
  ])('accessibility: %s', (text, needed) => {
    expect(needsAccessibility(text)).toBe(needed)
  })

  it.each([
    ['voltar', true],
    ['Quero voltar ao assistente!', true],
    ['desisto', true],
    ['cancela', true],
    ['sair da fila', true],
    ['não quero mais esperar', true],
    ['vou voltar para casa e depois mando o documento', false],
    ['quero cancelar meu benefício', false],
    ['desisti do emprego em março', false],
  ])('leaving the line: %s', (text, leaves) => {
    expect(leavesLine(text)).toBe(leaves)
  })

  it('knows who is eighty on the day of the birthday, and not the day before', () => {
    const born = (value: string) => isElderly({ birthDate: { certainty: 'sure', value } }, today)
    expect([born('1946-11-23'), born('1946-11-24')]).toEqual([true, false])
    expect([isElderly({ age: 80 }, today), isElderly({ age: 79 }, today), isElderly({}, today)]).toEqual([
      true,
      false,
      false,
    ])
  })
})

describe('a field an agent has the bot ask', () => {
  const context = { today, amounts: { minimumWage: 162_100, ceiling: 847_555 } } as Context
  const read = (field: (typeof deskFields)[number], text: string) => {
    const answer: Answer = { text, meaning: understand(text, today), pressed: false }
    const reading = readField(field, answer, context)
    return reading.certainty === 'again' ? reading.reason : [reading.certainty, reading.value]
  }

  it.each([
    ['birth_date', '12/3/62', ['sure', '12/03/1962']],
    ['birth_date', '12/3/2030', 'future'],
    ['date', '5 de outubro de 2026', ['sure', '05/10/2026']],
    ['cpf', '00000000191', ['sure', '000.000.001-91']],
    ['cpf', '000.000.001-92', 'check_digit'],
    ['cpf', '123', 'wrong_length'],
    ['nit', '120.12345.67-2', ['sure', '120.12345.67-2']],
    ['nit', '12012345673', 'check_digit'],
    ['nit', '1201234567', 'wrong_length'],
    ['nit', '00000000000', 'check_digit'],
    ['nit', 'não tenho', 'nothing_found'],
    ['money', 'mil e quinhentos', ['sure', 'R$ 1.500,00']],
    ['yes_no', 'isso mesmo', ['sure', 'Sim']],
    ['yes_no', 'não', ['sure', 'Não']],
    ['free_text', 'saí da fábrica em 98', ['sure', 'saí da fábrica em 98']],
  ] as const)('%s: "%s"', (field, text, expected) => {
    expect(read(field, text)).toEqual(expected)
  })

  it('has a name the agent reads', () => {
    expect(deskFields.map(fieldLabel)).not.toContain('')
  })
})

describe('what is offered', () => {
  const offer: DeskOffer = {
    open: true,
    people: 3,
    ahead: 2,
    waitMinutes: [5, 12],
    nextOpening: '2026-11-23T15:00:00.000Z',
    callbackBy: '2026-11-23T21:00:00.000Z',
    down: false,
  }
  const say = (changed: Partial<DeskOffer>) => {
    const { say: said, options } = offerInWords({ ...offer, ...changed }, today, false)
    return [said.join(' '), options.join(' ')]
  }

  it('is the line with its length and its wait, a call-back with its deadline, or the assistant', () => {
    const [said, options] = say({})
    expect(said).toContain('Há 2 pessoas na sua frente. A espera deve ser de 5 a 12 minutos.')
    expect(said).toContain('até as 18h de hoje, hora de Brasília')
    expect(options).toBe('wait callback go_on')
  })

  it('does not make up a wait', () => {
    const { waitMinutes: _, ...unknown } = offer
    const { say: said } = offerInWords(unknown, today, false)
    expect(said.join(' ')).toContain('Ainda não sei dizer quanto tempo demora.')
  })

  it.each([
    [[0, 0], 'de 1 minuto.'],
    [[0, 3], 'de 3 minutos.'],
    [[4, 4], 'de 4 minutos.'],
  ] as const)('says a wait of %s in whole minutes', (waitMinutes, words) => {
    expect(say({ waitMinutes: [...waitMinutes] })[0]).toContain(words)
  })

  it('names the call-back first when the wait is long', () => {
    const [said, options] = say({ ahead: 31, waitMinutes: [35, 55] })
    expect(said).toContain('Há 31 pessoas na sua frente. Hoje a espera está longa: de 35 a 55 minutos.')
    expect(options).toBe('callback wait go_on')
  })

  it('is no line when it is closed, nobody is at work, or the desk is down', () => {
    const closed = say({ open: false, nextOpening: '2026-11-24T10:00:00.000Z' })
    expect(closed[0]).toContain('Abre amanhã, às 7h de Brasília.')
    expect(say({ people: 0 })[0]).toContain('ninguém do INSS atendendo')
    expect(say({ people: 0 })[0]).toContain('ligue 135')
    expect(say({ down: true })[0]).toContain('está com problema')
    expect(say({ down: true, open: false })[0]).not.toContain('135')
    for (const changed of [{ open: false }, { people: 0 }, { down: true }])
      expect(say(changed)[1]).toBe('callback go_on')
  })

  const threeWays: Option[] = ['wait', 'callback', 'go_on']
  it.each([
    ['Esperar na fila', 'wait'],
    ['1', 'wait'],
    ['a segunda', 'callback'],
    ['3', 'go_on'],
    ['sim', 'wait'],
    ['quero', 'wait'],
    ['pode ser, eu espero', 'wait'],
    ['não', 'go_on'],
    ['me liga depois', 'callback'],
    ['não posso esperar', 'callback'],
    ['deixa pra lá, volta', 'go_on'],
    ['quero falar com atendente', 'wait'],
    ['12/3/62', undefined],
    ['28 anos', undefined],
    ['quero ver meu pagamento', undefined],
    ['descontaram uma associação que nunca ouvi falar', undefined],
    ['não precisa não, obrigada', 'go_on'],
    ['na verdade eu queria saber do meu pedido de pensão do mês passado', undefined],
  ])('is answered by "%s": %s', (text, option) => {
    const inbound = {
      id: 'm1',
      channel: 'web' as const,
      conversationId: 'c1',
      at: '2026-11-23T15:00:00.000Z',
      kind: 'text' as const,
      text,
    }
    const meaning = understand(text, today)
    expect(readOffer(inbound, meaning, { questionId: 'q1', options: threeWays })).toBe(option)
    const pressedElsewhere = { ...inbound, questionId: 'q0' }
    expect(readOffer(pressedElsewhere, meaning, { questionId: 'q1', options: threeWays })).toBeUndefined()
  })

  it.each([
    ['espero', 'callback'],
    ['pode ser, vou aguardar', 'callback'],
    ['voltar ao assistente', 'go_on'],
  ])('with nobody there now, "%s" is answered by %s', (text, option) => {
    const inbound = {
      id: 'm1',
      channel: 'web' as const,
      conversationId: 'c1',
      at: '2026-11-23T03:00:00.000Z',
      kind: 'text' as const,
      text,
    }
    const closed: Option[] = ['callback', 'go_on']
    const read = readOffer(inbound, understand(text, today), { questionId: 'q1', options: closed })
    expect(read).toBe(option)
  })

  it.each([
    ['Ajudou muito', 5],
    ['4', 4],
    ['nota 2', 2],
    ['não ajudou', 1],
    ['mais ou menos', 3],
    ['10', undefined],
    ['quero ver meu pagamento', undefined],
    ['sim', undefined],
    ['12/3/62', undefined],
  ])('is judged by "%s": %s', (text, value) => {
    const inbound = {
      id: 'm1',
      channel: 'web' as const,
      conversationId: 'c1',
      at: '2026-11-23T15:00:00.000Z',
      kind: 'text' as const,
      text,
    }
    expect(readRating(inbound, understand(text, today), 'q1')).toBe(value)
  })
})
