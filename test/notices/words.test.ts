import { noticesByWords } from '../../dialogs/notices/words'
import notices from '../../locales/pt-BR/notices.json'
import { segmentsOf, smsText } from '../../src/channels/sms/alphabet'
import { codeOf } from '../../src/notices/code'
import { inssEvent, newsOf, wordsOf } from '../../src/notices/news'

const types = [
  'payment.credited',
  'payment.returned',
  'request.moved',
  'request.document_required',
  'request.decided',
  'appointment.tomorrow',
]

describe.each(types)('the notice of %s', (type) => {
  const event = inssEvent.parse({
    id: 'evt_1',
    type,
    timestamp: '2026-11-25T15:00:00.000Z',
    person: 'p',
    data: { date: '2026-12-31', time: '10:30' },
  })
  const news = newsOf(event)
  if (news === undefined) throw new Error('no news')
  const { text, parameters } = wordsOf(news, codeOf(Buffer.alloc(32), 'n1'), Date.parse(event.timestamp))

  it('is at most two SMS, without losing a letter to a dearer alphabet', () => {
    expect(segmentsOf(smsText(text).text)).toEqual({ alphabet: 'gsm7', segments: expect.any(Number) })
    expect(segmentsOf(smsText(text).text).segments).toBeLessThanOrEqual(2)
  })

  it('says who speaks, how to check and how to stop, and has no link, amount or benefit', () => {
    expect(text).toMatch(/^Assistente Meu INSS: /)
    expect(text).toMatch(/Código deste aviso: [A-Z0-9]{4}-[A-Z0-9]{4}\. .*PARAR\.$/)
    expect(text).not.toMatch(/https?:|www\.|gov\.br|R\$|aposentadoria|pens[ãa]o|aux[íi]lio|BPC|per[íi]cia/i)
  })

  it('is the approved template with its parameters in order', () => {
    expect(news.template).toMatch(/^aviso_[a-z_]+$/)
    const key = news.text.replace('notices.', '') as keyof typeof notices
    const names = [...notices[key].matchAll(/\{(\w+)\}/g)].map((match) => match[0])
    const filled = names.reduce(
      (left, name, index) => left.replace(name, parameters[index] ?? ''),
      notices[key],
    )
    expect([names.length, filled]).toEqual([parameters.length, text])
  })
})

describe('what somebody writes', () => {
  it.each([
    ['quero receber avisos', 'start'],
    ['Quero receber os avisos por aqui', 'start'],
    ['me avisa quando cair o pagamento', 'start'],
    ['pode me avisar quando meu pedido andar?', 'start'],
    ['tem como vocês me avisarem? quero ativar notificações', 'start'],
    ['avisos', 'start'],
    ['para de mandar aviso', 'stop'],
    ['não quero mais receber avisos', 'stop'],
    ['cancelar avisos', 'stop'],
    ['desativar notificações', 'stop'],
    ['quais avisos eu recebo?', 'list'],
    ['ver meus avisos', 'list'],
  ])('"%s" is about notices', (text, wish) => {
    expect(noticesByWords(text)).toEqual({ service: 'notices', facts: { wish } })
  })

  it.each([
    ['essa mensagem é de vocês? 7K3P9XQM', '7K3P9XQM'],
    ['recebi um aviso com o código 7K3P-9XQM', '7K3P9XQM'],
    ['7k3p-9xqm', '7K3P9XQM'],
    ['Essa mensagem é de vocês?', undefined],
    ['recebi um sms do inss dizendo que meu benefício vai ser cortado, é golpe?', undefined],
    ['esse aviso é verdadeiro?', undefined],
    ['chegou uma mensagem no zap, é oficial?', undefined],
  ])('"%s" asks whether a message is ours', (text, code) => {
    expect(noticesByWords(text)).toEqual({
      service: 'check-message',
      facts: code === undefined ? {} : { code },
    })
  })

  it.each([
    'quero ver meu pagamento',
    'meu pedido ainda está em análise?',
    'estou cumprindo aviso prévio',
    'trabalhei de 1990 a 1995 e depois parei',
    'me ligaram oferecendo empréstimo',
    'quero falar com uma pessoa',
    'quero cancelar meu pedido',
    '000.008.008-05',
    'minha matrícula é 12345678901234567890123456789012',
  ])('"%s" is neither', (text) => {
    expect(noticesByWords(text)).toBeUndefined()
  })
})
