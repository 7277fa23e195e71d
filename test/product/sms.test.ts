import { readFileSync, writeFileSync } from 'node:fs'
import { projectFile } from '../../src/files'
import { describeWithKannel, type Sms } from '../channels/sms-kannel/kannel'
import { leaks } from './leaks'
import { OURS, startSms } from './sms-world'
import { logIn, START } from './world'

jest.setTimeout(120_000)

const TRANSCRIPT = projectFile('docs/channels/kannel-transcript.txt')
const MARIA = '+5511900000001'
const IVANILDA = '+5586900000022'
const IVANILDA_CPF = '000.022.022-12'
/** A request of hers at which the INSS waits for a document. */
const PROTOCOL = '9990000225'
const CODE = /\b[0-9A-Z]{4}-[0-9A-Z]{4}\b/
/** Of no notice of ours. */
const FALSE_CODE = '7K3P-9XQM'
const DAY_MS = 86_400_000

describeWithKannel('the whole product by SMS, through a real Kannel', () => {
  let world: Awaited<ReturnType<typeof startSms>>
  const transcript: string[] = []
  const spoken = new Set<string>()
  const answers: Sms[] = []

  beforeAll(async () => {
    world = await startSms()
  })
  afterAll(() => world?.stop())

  function note(who: string, text: string, sms?: Sms) {
    spoken.add(text)
    const how = sms === undefined ? '' : ` [${sms.alphabet}, ${sms.parts} SMS]`
    transcript.push(`${who}${how}:\n${masked(text).replace(/^/gm, '    ')}\n`)
  }

  function heard(sms: Sms, to: string): string {
    expect(sms).toMatchObject({ from: OURS, to })
    note(OURS, sms.text, sms)
    answers.push(sms)
    return sms.text
  }

  async function say(from: string, text: string): Promise<string> {
    note(from, text)
    await world.say(from, text)
    return heard(await world.nextSms(10_000), from)
  }

  test('tells whether somebody may retire, asked with thumbs and answered by number and by word', async () => {
    expect(await say(MARIA, 'quero saber se ja posso aposentar')).toMatch(/1\. Eu conto\n2\. Usar meu cad/)
    expect(await say(MARIA, '1')).toMatch(/1\. Mulher\n2\. Homem/)
    expect(await say(MARIA, 'mulher')).toMatch(/data de nascimento/)
    expect(await say(MARIA, '12/03/66')).toMatch(/Quanto tempo/)
    expect(await say(MARIA, '27 anos e 4 meses')).toMatch(/ainda paga/)
    expect(await say(MARIA, '1')).toMatch(/média dos salarios/)
    expect(await say(MARIA, 'uns dois mil')).toMatch(/Entendi assim: R\$ 2\.000,00/)
    const result = await say(MARIA, 's')
    expect(result).toMatch(/12\/03\/2028 \(por idade\), com cerca de R\$ 1\.7/)
    expect(result).toMatch(/1\. Ver o motivo\n2\. Mais opcoes\n3\. Terminar/)
  })

  test('answers what they ask about the result', async () => {
    expect(await say(MARIA, 'por que?')).toMatch(/Meses pagos: a lei pede 180/)
    expect(await say(MARIA, '2')).toMatch(/1\. Vale a pena esperar\?\n2\. E se eu parar\?/)
    expect(await say(MARIA, 'a segunda')).toMatch(/Se voce parar/)
    expect(await say(MARIA, 'na verdade sao 29 anos de contribuicao')).toMatch(/29 anos/)
    expect(await say(MARIA, 'terminar')).toMatch(/é so chamar/)
  })

  test('lets them choose from the menu by its numbers', async () => {
    await say(MARIA, 'oi')
    expect(await say(MARIA, '2')).toMatch(/2\. So ver o calendario/)
    expect(await say(MARIA, '2')).toMatch(/ultimo|final/i)
    expect(await say(MARIA, '4')).toMatch(/salario minimo/)
    expect(await say(MARIA, '2')).toMatch(/\d{2}\/\d{2}/)
  })

  test('stops at PARAR, and talks again with whoever writes again', async () => {
    expect(await say(MARIA, 'quero saber se ja posso aposentar')).toMatch(/1\. Eu conto/)
    expect(await say(MARIA, 'PARAR')).toMatch(/^Pronto\. Nao mando mais avisos/)
    expect(await world.silence()).toBe(true)
    // The question before it is closed: a number answers nothing.
    expect(await say(MARIA, 'oi')).toMatch(/1\. Simular aposentadoria/)
    expect(await say(MARIA, '1')).toMatch(/1\. Eu conto/)
    expect(await say(MARIA, 'cancelar')).toMatch(/Cancelei|Parei|Deixei/)
  })

  test('needs two SMS for an answer, and three for all the reasons', () => {
    const long = answers.filter((sms) => sms.parts > 2)
    expect(long.map((sms) => [sms.text.split('\n')[0], sms.parts])).toEqual([['Motivo (por idade):', 3]])
    expect(answers.every((sms) => sms.alphabet === 'gsm7')).toBe(true)
  })

  test('logs somebody in by a link, and tells them when the INSS moved their request', async () => {
    const prompt = await say(IVANILDA, 'quero receber avisos')
    const [url = ''] = /https?:\/\/\S+/.exec(prompt) ?? []
    const [code = ''] = /\b\d\d \d\d\b/.exec(prompt) ?? []
    spoken.add(url)
    transcript.push('(Ela abre o link no celular da filha, confere o código e entra com o gov.br.)\n')
    await logIn(url, code, IVANILDA_CPF)
    expect(heard(await world.nextSms(10_000), IVANILDA)).toMatch(/^Pronto, Ivanilda\.[\s\S]*1\. Avisar tudo/)
    expect(await say(IVANILDA, '1')).toMatch(/Todo aviso traz um codigo/)
    expect(await say(IVANILDA, 'meu pedido')).toContain(PROTOCOL)
    transcript.push('(No INSS, um servidor pede outro documento.)\n')
    await document()
    const notice = heard(await world.nextSms(10_000), IVANILDA)
    expect(notice).toMatch(/falta um documento no seu pedido/)
    expect(notice).not.toMatch(/https?:/)
    const [shown = ''] = CODE.exec(notice) ?? []
    expect(await say(IVANILDA, `essa mensagem e de voces? ${shown}`)).toMatch(/^Sim, é nossa/)
    expect(await say(IVANILDA, `recebi outra com o codigo ${FALSE_CODE}`)).toMatch(
      /^Não é nossa|^Nao é nossa/,
    )
  })

  test('tells nothing more after PARAR, until they log in and want it again', async () => {
    expect(await say(IVANILDA, 'PARAR')).toMatch(/escreva: quero receber avisos/)
    transcript.push('(No INSS, o pedido anda outra vez. Ninguém escreve para ela.)\n')
    await document()
    expect(await world.silence()).toBe(true)
    expect(await say(IVANILDA, 'quero receber avisos')).toMatch(/entre com o gov\.br/)
  })

  test('is the conversation that docs/channels/kannel-transcript.txt shows', () => {
    const text = transcript.join('\n')
    if (process.env.UPDATE_TRANSCRIPT === '1') writeFileSync(TRANSCRIPT, text)
    expect(readFileSync(TRANSCRIPT, 'utf8')).toBe(text)
  })

  test('takes whoever writes from a telephone that was silent for a month for a stranger', async () => {
    expect(await say(MARIA, 'quero saber se ja posso aposentar')).toMatch(/1\. Eu conto/)
    expect(await say(MARIA, '1')).toMatch(/1\. Mulher/)
    await world.product.restart(new Date(Date.parse(START) + 31 * DAY_MS).toISOString())
    const stranger = await say(MARIA, '1')
    expect(stranger).toMatch(/Assistente virtual do INSS|Nao entendi/)
    expect(stranger).not.toMatch(/nascimento/)
  })

  test('writes no CPF, telephone, token or word of anybody into the log', () => {
    const secrets = [...world.secrets, IVANILDA_CPF, MARIA, IVANILDA]
    expect(world.product.printed()).toMatch(/"msg":"turn taken"/)
    expect(leaks(world.product.printed(), { secrets, spoken })).toEqual([])
  })

  async function document() {
    const step = { status: 'needs_document', text: 'O INSS pediu a carteira de trabalho.' }
    expect(await world.product.desk(PROTOCOL, step)).toBe(200)
  }
})

/** What chance makes: addresses, the codes of logins and of notices. */
function masked(text: string): string {
  return text
    .replace(/https?:\/\/\S+/, 'https://assistente.exemplo/entrar/…')
    .replace(/(?<=codigo )\d\d \d\d\b/, '47 82')
    .replace(CODE, (code) => (code === FALSE_CODE ? code : '4C6D-9FGH'))
}
