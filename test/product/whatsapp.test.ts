import { readFileSync, writeFileSync } from 'node:fs'
import { projectFile } from '../../src/files'
import { ACCOUNT, startTwilio, TOKEN, type Twilio } from '../channels/sms-twilio/twilio-server'
import { GRAPH } from '../channels/whatsapp-cloud/graph-server'
import { openDirectLine } from '../process/direct-line'
import { leaks } from './leaks'
import { transcriptOf } from './transcript'
import { startWhatsApp, type WhatsAppWorld } from './whatsapp-world'
import { logIn, until } from './world'

jest.setTimeout(120_000)

const TRANSCRIPT = projectFile('docs/channels/whatsapp-transcript.md')
const MARINALVA = { cpf: '000.001.001-45', phone: '5583900000001', bsuid: 'BR.13491208655302741918' }
const IVANILDA = { cpf: '000.022.022-12', phone: '5586900000022', bsuid: 'BR.22491208655302741922' }
/** A request of Ivanilda's at which the INSS waits for a document. */
const PROTOCOL = '9990000225'
const CODE = /\b[0-9A-Z]{4}-[0-9A-Z]{4}\b/

describe('the whole product on WhatsApp', () => {
  let twilio: Twilio
  let world: WhatsAppWorld
  let marinalva: ReturnType<WhatsAppWorld['telephone']>
  let ivanilda: ReturnType<WhatsAppWorld['telephone']>
  const transcript = transcriptOf()
  let firstPayment = ''

  beforeAll(async () => {
    twilio = await startTwilio()
    world = await startWhatsApp({
      TWILIO_ACCOUNT_SID: ACCOUNT,
      TWILIO_AUTH_TOKEN: TOKEN,
      TWILIO_FROM: '+551140000000',
      TWILIO_API_URL: twilio.url,
    })
    marinalva = world.telephone(MARINALVA, transcript.note)
    ivanilda = world.telephone(IVANILDA)
  })
  afterAll(async () => {
    await world?.stop()
    await twilio?.stop()
  })
  afterEach(() => {
    expect(world.graph.refused).toEqual([])
  })

  test('greets whoever writes first, and shows what it can do as a list', async () => {
    transcript.heading('Primeiro contato')
    const hello = await marinalva.ask('oi')
    expect(hello.text).toMatch(/^Olá! Sou o assistente virtual do INSS[\s\S]*O que você precisa\?$/)
    expect(hello.choices?.as).toBe('list')
    expect(hello.choices?.items.map((item) => item.title)).toContain('Simular aposentadoria')
  })

  test('simulates a retirement by buttons, lists and words', async () => {
    transcript.heading('Simulação')
    expect((await marinalva.choose('Simular aposentadoria')).choices?.as).toBe('buttons')
    await marinalva.choose('Eu conto')
    expect((await marinalva.choose('Mulher')).text).toMatch(/data de nascimento/)
    await marinalva.ask('dez de julho de 64')
    await marinalva.ask('27 anos')
    await marinalva.choose('Sim')
    const result = await marinalva.ask('um salário mínimo')
    expect(result.text).toMatch(/já pode/)
    expect(result.choices).toMatchObject({ as: 'list' })
    expect((await marinalva.choose('Por que esse resultado?')).text).toMatch(/62 anos/)
  })

  test('takes a request after a login by link, and says the decision of the same minute', async () => {
    transcript.heading('Pedido, com login')
    const prompt = await marinalva.choose('Pedir a aposentadoria')
    expect(prompt.text).toMatch(/Entrar com gov\.br: http\S+\/entrar\/[\w-]{43}/)
    expect(prompt.choices?.items.map((item) => item.title)).toEqual([
      'Já entrei',
      'Quero outro link',
      'Não quero entrar',
    ])
    transcript.aside(
      'Ela toca no link, confere o código na página e entra com a conta gov.br, de nível ouro.',
    )
    const check = await marinalva.logIn(prompt, MARINALVA.cpf)
    expect(check.text).toMatch(/^Pronto, Marinalva\.[\s\S]*você tem direito[\s\S]*Posso enviar o pedido/)
    const decision = await marinalva.choose('Sim, enviar')
    expect(decision.text).toMatch(/aprovado agora mesmo[\s\S]*número do protocolo: \d{10}\./)
    const [, day, month, year] = /Primeiro pagamento: (\d\d)\/(\d\d)\/(\d{4})/.exec(decision.text) ?? []
    firstPayment = `${year}-${month}-${day}`
    expect(firstPayment).toMatch(/^202[67]-\d\d-\d\d$/)
  })

  test('asks what to tell of by itself', async () => {
    transcript.heading('Avisos')
    const question = await marinalva.ask('quero receber avisos')
    expect(question.choices?.as).toBe('list')
    expect((await marinalva.choose('Avisar tudo')).text).toMatch(/Vou avisar por aqui sobre o seu pagamento/)
  })

  test('shares nothing with the chat of the site before a login there', async () => {
    const chat = await openDirectLine(world.product.origin)
    await chat.say('meu pedido')
    await until('the link', async () => (await linksOf(chat)).length > 0)
    const asked = JSON.stringify(await chat.activities())
    expect(asked).not.toMatch(/Marinalva|protocolo/)
    const [link = ''] = await linksOf(chat)
    await logIn(link, /\b\d\d \d\d\b/.exec(asked)?.[0] ?? 'no code', MARINALVA.cpf)
    await until('the request', async () => /protocolo: \d{10}/.test(JSON.stringify(await chat.activities())))
    expect(JSON.stringify(await chat.activities())).toMatch(/Pronto, Marinalva/)
    // The login there changes nothing here: nobody is told, and what is open stays open.
    expect(await marinalva.silence()).toEqual([])
  })

  test('tells of news at once while the person has just written', async () => {
    const asked = await ivanilda.ask('quero receber avisos')
    await ivanilda.logIn(asked, IVANILDA.cpf)
    await ivanilda.choose('Avisar tudo')
    expect((await ivanilda.ask('meu pedido')).text).toContain(PROTOCOL)
    await document()
    const [notice] = await ivanilda.hear()
    expect(notice?.template).toBeUndefined()
    expect(notice?.text).toMatch(/^Assistente Meu INSS: falta um documento no seu pedido/)
    expect(notice?.text).not.toMatch(/https?:/)
    const code = CODE.exec(notice?.text ?? '')?.[0] ?? ''
    expect((await ivanilda.ask(`essa mensagem é de vocês? ${code}`)).text).toMatch(
      /^Sim, esse código é de uma mensagem nossa\.[\s\S]*sobre um documento do seu pedido/,
    )
    expect((await ivanilda.ask('essa mensagem é de vocês? 7K3P-9XQM')).text).toMatch(
      /^Esse código não é nosso/,
    )
  })

  test('tells by SMS whoever logged in there too, when WhatsApp does not deliver', async () => {
    const sms = `http://localhost:${new URL(world.product.origin).port}/webhooks/sms/twilio`
    const say = async (text: string) => {
      const before = twilio.asked.length
      expect((await twilio.say(sms, `+${IVANILDA.phone}`, text)).status).toBe(200)
      return nextSms(before)
    }
    const prompt = await say('quero receber avisos')
    const [url = ''] = /https?:\/\/\S+/.exec(prompt) ?? []
    const before = twilio.asked.length
    await logIn(url, /\b\d\d \d\d\b/.exec(prompt)?.[0] ?? 'no code', IVANILDA.cpf)
    await nextSms(before)
    expect(await say('1')).toMatch(/^Pronto\. Vou avisar/)
    world.failing.add(IVANILDA.bsuid)
    const sent = twilio.asked.length
    await document()
    expect((await ivanilda.hear())[0]?.text).toMatch(/falta um documento/)
    const notice = await nextSms(sent)
    expect(notice).toMatch(/^Assistente Meu INSS: falta um documento no seu pedido/)
    const last = twilio.asked.at(-1)
    expect(last?.fields.To).toBe(`+${IVANILDA.phone}`)
    if (last !== undefined) expect((await twilio.report(last, 'delivered')).status).toBe(200)
    world.failing.clear()
    // Refused at once is the same: this one Meta does not even take.
    world.graph.next({ error: 131026 })
    await document()
    expect(await nextSms(sent + 1)).toMatch(/falta um documento/)
    expect(await ivanilda.silence(0)).toEqual([])
  })

  test('does not know whoever has a number that was another person’s', async () => {
    const stranger = world.telephone({ phone: IVANILDA.phone, bsuid: 'BR.99491208655302741999' })
    const hello = await stranger.ask('meu pedido')
    expect(hello.text).toMatch(/^Olá! Sou o assistente[\s\S]*gov\.br/)
    expect(hello.text).not.toMatch(/Ivanilda|protocolo/)
    expect((await stranger.ask('quais avisos eu recebo?')).text).toMatch(/ainda não mando avisos/)
    await document()
    expect((await ivanilda.hear())[0]?.text).toMatch(/falta um documento/)
    expect(await stranger.silence()).toEqual([])
    expect(world.graph.sentTo(IVANILDA.phone)).toEqual([])
  })

  test('tells of the first payment on its day, with the approved template', async () => {
    transcript.aside(
      `No dia do primeiro pagamento, sem que ela tenha escrito, chega o aviso pelo modelo aprovado.`,
    )
    await world.product.restart(`${firstPayment}T15:00:00.000Z`)
    const [notice] = await marinalva.hear(1, 20)
    expect(notice?.template).toEqual({
      name: 'aviso_pagamento_caiu',
      parameters: [expect.stringMatching(CODE)],
    })
    const code = notice?.template?.parameters[0] ?? ''
    expect((await marinalva.ask(`essa mensagem é de vocês? ${code}`)).text).toMatch(
      /^Sim, esse código é de uma mensagem nossa\.[\s\S]*sobre o seu pagamento/,
    )
    expect((await marinalva.ask('MEU PAGAMENTO')).choices?.items[0]?.title).toBe('Entrar e ver tudo')
    expect((await marinalva.ask('PARAR')).text).toMatch(/Não mando mais/)
  })

  test('is the conversation that docs/channels/whatsapp-transcript.md shows', () => {
    const text = transcript.text()
    if (process.env.UPDATE_TRANSCRIPT === '1') writeFileSync(TRANSCRIPT, text)
    expect(readFileSync(TRANSCRIPT, 'utf8')).toBe(text)
  })

  test('writes no CPF, telephone, id, token or word of anybody into the log', () => {
    const { product, spoken, ids } = world
    expect(product.printed()).toMatch(/"msg":"turn taken"/)
    const people = [MARINALVA, IVANILDA].flatMap(({ cpf, phone, bsuid }) => [cpf, phone, bsuid])
    const secrets = [
      ...people,
      ...ids,
      GRAPH.accessToken,
      GRAPH.appSecret,
      GRAPH.verifyToken,
      TOKEN,
      'eyJhbGciOi',
    ]
    const sms = twilio.asked.map(({ fields }) => fields.Body ?? '')
    expect(leaks(product.printed(), { secrets, spoken: [...spoken, ...sms] })).toEqual([])
  })

  async function document() {
    const step = { status: 'needs_document', text: 'O INSS pediu a carteira de trabalho.' }
    expect(await world.product.desk(PROTOCOL, step)).toBe(200)
  }

  async function nextSms(before: number): Promise<string> {
    await until('an SMS', () => twilio.asked.length > before)
    return twilio.asked[before]?.fields.Body ?? ''
  }
})

/** The addresses the buttons of the conversation lead to. */
async function linksOf(chat: Awaited<ReturnType<typeof openDirectLine>>): Promise<string[]> {
  return (await chat.activities()).flatMap(
    (activity) => JSON.stringify(activity).match(/https?:[^"\\]*\/entrar\/[\w-]{43}/g) ?? [],
  )
}
