import { describeInBrowser } from './browser'
import { type DeskWorld, type Seat, sizes, startDeskWorld, until } from './desk-world'
import type { Tab } from './open-page'

jest.setTimeout(120_000)

const MARINALVA = '000.001.001-45'
const HOSTILE = '<img src=x onerror="document.title=1"><b>oi</b>'

/** One day at the desk: each test goes on where the one before it stopped. */
describeInBrowser('the desk of people', () => {
  let world: DeskWorld
  let ana: Seat
  let rui: Seat
  let celia: Seat
  let onWhatsApp: ReturnType<DeskWorld['whatsApp']>
  let onSms: ReturnType<DeskWorld['sms']>
  let another: ReturnType<DeskWorld['whatsApp']>
  let onWeb: Tab

  beforeAll(async () => {
    world = await startDeskWorld()
    onWhatsApp = world.whatsApp('5511988887777')
    onSms = world.sms('+5511977776666')
    another = world.whatsApp('5511966665555')
  })
  afterAll(async () => {
    await world?.stop()
  })

  it('opens for those who may attend, and says how to begin', async () => {
    ana = await world.sit('Ana Beatriz')
    await ana.check('1-start')
    await ana.button('Ficar disponível').click()
    await ana.page.locator('.presence.available').waitFor()
    rui = await world.sit('Rui Tavares', sizes.tablet)
    await rui.presence('Em pausa')
    const stranger = await world.newContext()
    const refused = await stranger.request.get(`${world.origin}/atendimento/api/tickets?view=queue`)
    expect(refused.status()).toBe(401)
    await stranger.close()
  })

  it('leads somebody who asks for a person to whoever is there', async () => {
    await onWhatsApp.logIn(await onWhatsApp.ask('quero me aposentar por idade'), MARINALVA)
    const offer = await onWhatsApp.ask('não entendi nada, quero falar com um atendente')
    expect(offer.choices?.items.map(({ title }) => title)).toContain('Esperar na fila')
    await onWhatsApp.press('Esperar na fila')
    await ana.announced('Nova conversa para você: WhatsApp')
    await onWhatsApp.say('não sei se devo pedir agora')
  })

  it('gives a conversation to one of two who reach for it at once, and tells the other whose it is', async () => {
    // On a break nobody is given it, and both see it wait.
    await ana.presence('Em pausa')
    await ana.open('Minhas')
    await ana.toQueue('Benefício')
    await ana.open('Fila')
    await rui.open('Fila')
    await ana.shown('person', 'não sei se devo pedir agora')
    await ana.check('2-waiting')
    await rui.check('2-waiting-tablet')
    // Both press before either can hear that the other did: a click of Playwright's would wait for the button to rest.
    const buttons = [await ana.button('Pegar').elementHandle(), await rui.button('Pegar').elementHandle()]
    await Promise.all(buttons.map((each) => each?.dispatchEvent('click')))
    const has = (seat: Seat) => seat.reply.isVisible()
    await until('one of them has it', async () => (await has(ana)) !== (await has(rui)))
    const loser = (await has(ana)) ? rui : ana
    await loser.page.locator('.strip', { hasText: /pegou esta conversa antes/ }).waitFor()
    await loser.announced(/pegou esta conversa antes/)
    expect(await loser.reply.count()).toBe(0)
    // From here on it is Ana's.
    if (loser === ana) await transfer(rui, 'Ana Beatriz Nogueira', 'Ana, é com você.')
    await ana.open('Minhas')
    await ana.reply.waitFor()
  })

  async function transfer(seat: Seat, to: string, note: string): Promise<void> {
    const dialog = await seat.act('Transferir')
    await dialog.getByLabel('Para alguém da equipe').check()
    const select = dialog.getByRole('combobox', { name: 'Quem recebe' })
    const option = select.locator('option').filter({ hasText: to })
    await select.selectOption(await option.getAttribute('value'))
    await dialog.getByLabel('Nota para quem recebe').fill(note)
    await dialog.getByRole('button', { name: 'Transferir' }).click()
    await dialog.waitFor({ state: 'detached' })
  }

  it('carries words both ways, and those that the network cut off once', async () => {
    await ana.say('Olá! Sou a Ana. Vi que falta só confirmar o pedido.')
    await onWhatsApp.hears('Ana Beatriz Nogueira, do INSS')
    await onWhatsApp.hears('Vi que falta só confirmar o pedido.')
    await onWhatsApp.say('e se eu esperar mais um ano?')
    await ana.shown('person', 'e se eu esperar mais um ano?')
    await ana.announced('A pessoa disse: e se eu esperar mais um ano?')
    let calls = 0
    await ana.page.route('**/reply', async (route) => {
      calls += 1
      if (calls > 1) return route.continue()
      // The desk takes it, and the answer never arrives.
      await route.fetch()
      await ana.context.setOffline(true)
      return route.abort('connectionreset')
    })
    await ana.say('Um momento, vou conferir.')
    await ana.page.locator('.line-state').waitFor()
    await ana.announced('Sem conexão')
    await ana.say('Achei: o valor não muda.')
    await ana.page.getByText('Espera a conexão').first().waitFor()
    await ana.check('3-offline')
    await ana.context.setOffline(false)
    await onWhatsApp.hears('Achei: o valor não muda.')
    await ana.page.locator('.message.pending').first().waitFor({ state: 'detached' })
    expect(onWhatsApp.heard.filter((text) => text.includes('Um momento, vou conferir.'))).toHaveLength(1)
    expect(await ana.page.locator('.message.agent', { hasText: 'Um momento' }).count()).toBe(1)
    expect(calls).toBeGreaterThan(2)
    await ana.page.unroute('**/reply')
  })

  it('passes a conversation on with a note, and takes it back', async () => {
    await transfer(ana, 'Rui Tavares', 'Quer saber se o valor muda. Já respondi.')
    await rui.open('Minhas')
    await rui.shown('note', 'Quer saber se o valor muda.')
    await rui.check('4-conversation-tablet')
    await rui.say('Aqui é Rui. Posso ajudar em algo mais?')
    await onWhatsApp.hears('Aqui é Rui.')
    await transfer(rui, 'Ana Beatriz', 'Volta para a Ana.')
    await ana.open('Minhas')
    await ana.shown('note', 'Volta para a Ana.')
  })

  it('may be closed with a conversation open', async () => {
    await rui.presence('Disponível')
    await another.ask('quero falar com um atendente')
    await another.press('Esperar na fila')
    await rui.announced('Nova conversa para você: WhatsApp')
    // So that nothing else is led to a console of which it is not known yet that it is gone.
    await rui.presence('Em pausa')
    await rui.context.close()
  })

  it('has the assistant ask, and shows the value it read', async () => {
    const dialog = await ana.act('Perguntar um dado')
    await dialog.getByLabel('O que perguntar').selectOption({ label: 'Um valor em reais' })
    await ana.check('5-ask')
    await dialog.getByRole('button', { name: 'Perguntar' }).click()
    await onWhatsApp.hears('Qual é o valor, em reais?')
    await onWhatsApp.say('mil e quinhentos')
    const line = await ana.shown('person', 'mil e quinhentos')
    expect(await line.locator('.typed').textContent()).toMatch(/O assistente leu:\s*R\$\s1\.500,00/)
  })

  it('shows personal data for a reason only, and hides it again', async () => {
    const panel = ana.page.locator('.context')
    expect(await panel.textContent()).not.toContain(MARINALVA)
    await panel.getByRole('button', { name: 'Mostrar dados' }).click()
    const dialog = ana.dialog('Mostrar dados')
    await dialog.getByLabel('CPF').check()
    await dialog.getByRole('button', { name: 'Mostrar', exact: true }).click()
    expect(await dialog.isVisible()).toBe(true)
    await dialog.getByLabel('Motivo').fill('Conferir o pedido com a pessoa')
    await ana.check('6-reveal')
    await dialog.getByRole('button', { name: 'Mostrar', exact: true }).click()
    await panel.getByText(MARINALVA).waitFor()
    await ana.check('6-revealed')
    await panel.getByRole('button', { name: 'Esconder' }).click()
    await panel.getByText(MARINALVA).waitFor({ state: 'detached' })
  })

  it('gives the conversation back, and the assistant finishes what was begun', async () => {
    const dialog = await ana.act('Devolver')
    await ana.check('7-return')
    await dialog.getByRole('button', { name: 'Devolver ao assistente' }).click()
    await ana.page.getByText('A conversa voltou para o assistente.').waitFor()
    await onWhatsApp.hears('Posso enviar o pedido ao INSS?')
    await onWhatsApp.press('Sim, enviar')
    await onWhatsApp.hears('Anote o número do protocolo')
    await onWhatsApp.hears('Quanto a conversa com a pessoa do INSS ajudou você?')
    await onWhatsApp.choose('Ajudou muito')
    await ana.tab('Minhas').click()
    await ana.page.getByText('Você não tem conversas agora.').waitFor()
  })

  it('counts SMS, and sends many only after the agent has seen how they are split', async () => {
    await ana.presence('Disponível')
    await onSms.say('quero falar com um atendente')
    await onSms.hears('Esperar na fila')
    await onSms.say('1')
    await ana.announced('Nova conversa para você: SMS')
    await ana.open('Minhas')
    await ana.reply.waitFor()
    await ana.reply.fill('Ação. '.repeat(683).slice(0, 4096))
    await ana.page.getByText('4.096/4.096').waitFor()
    await ana.reply.press('Enter')
    await ana.page.getByRole('dialog').waitFor()
    await ana.check('8-sms-split')
    await ana.button('Encurtar').click()
    const words = `Para pedir de novo, entre no Meu INSS e anexe o laudo. ${'Leve um documento com foto. '.repeat(12)}`
    await ana.reply.fill(words.trim())
    await ana.page.getByText(/· 3 SMS/).waitFor()
    await ana.reply.press('Enter')
    await ana.button('Enviar 3 SMS').click()
    await onSms.hears('Para pedir de novo, entre no Meu INSS e anexe o laudo.')
    expect(onSms.heard().filter((text) => text?.includes('Acao.'))).toEqual([])
  })

  it('takes what people write as text, a ready reply, and only files the channel can carry', async () => {
    onWeb = await world.chat()
    await onWeb.say('quero falar com um atendente')
    await onWeb.choice('Esperar na fila').click()
    await ana.announced('Nova conversa para você: Chat do site')
    await ana.page.getByRole('link', { name: 'Abrir' }).click()
    await onWeb.say(HOSTILE)
    await ana.shown('person', HOSTILE)
    expect(await ana.page.locator('.messages img, .messages b').count()).toBe(0)
    await ana.page.keyboard.press('Alt+p')
    await ana.dialog('Respostas prontas').getByLabel('Procurar').fill('comecar')
    await ana.button(/^Começar a conversa/).click()
    const gaps = ana.dialog('Começar a conversa')
    await gaps.getByLabel('Nome da pessoa').fill('Dalva')
    await ana.check('9-canned')
    await gaps.getByRole('button', { name: 'Pôr na resposta' }).click()
    await ana.reply.press('Enter')
    await onWeb.shown('Olá, Dalva! Meu nome é Ana.')
    const picker = ana.page.locator('input[type=file]')
    await picker.setInputFiles({
      name: 'conta.exe',
      mimeType: 'application/x-msdownload',
      buffer: Buffer.from('MZ'),
    })
    await ana.page.locator('#falha').filter({ hasText: 'Este tipo de arquivo não vai por aqui.' }).waitFor()
    await picker.setInputFiles({
      name: 'carta.pdf',
      mimeType: 'application/pdf',
      buffer: Buffer.from('%PDF-1.7\n'),
    })
    await ana.reply.fill('Segue a carta.')
    await ana.reply.press('Enter')
    await ana.shown('agent', 'carta.pdf')
    await onWeb.shown('Segue a carta.')
  })

  it('lets a supervisor watch, whisper and take over', async () => {
    celia = await world.sit('Célia')
    await celia.tab('Todas').click()
    await celia.page.locator('.item').filter({ hasText: 'Ana Beatriz' }).filter({ hasText: 'Chat' }).click()
    await celia.shown('person', HOSTILE)
    await onWeb.say('ainda tem alguém?')
    await celia.shown('person', 'ainda tem alguém?')
    const whisper = celia.page.getByRole('textbox', { name: 'Recado interno' })
    await whisper.fill('Ofereça a simulação.')
    await whisper.press('Enter')
    await ana.shown('note', 'Ofereça a simulação.')
    await ana.announced('Recado de quem coordena: Ofereça a simulação.')
    await celia.check('10-watch')
    await celia.button('Assumir').click()
    await celia.button('Assumir a conversa').click()
    await ana.announced('Uma conversa saiu da sua lista')
    expect(await ana.reply.count()).toBe(0)
    await celia.say('Sou a Célia. Tudo certo por aqui.')
    await onWeb.shown('Agora quem fala com você é Célia')
    await onWeb.shown('Sou a Célia.')
    const dialog = await celia.act('Encerrar')
    await dialog.getByLabel('Resolvido').check()
    await celia.check('11-close')
    await dialog.getByRole('button', { name: 'Encerrar conversa' }).click()
    await celia.page.getByText('Conversa encerrada: Resolvido.').waitFor()
    await onWeb.shown('encerrou a conversa')
    expect((await onWeb.transcript()).join('\n')).not.toContain('Ofereça a simulação')
  })

  it('shows the supervisor how the desk stands and what has been, without personal data', async () => {
    await celia.page.getByRole('link', { name: 'Painel' }).click()
    await celia.page.getByRole('heading', { name: 'Painel' }).waitFor()
    await celia.check('12-board')
    await celia.resize(sizes.phone)
    await celia.check('12-board-phone')
    await celia.resize(sizes.desktop)
    await celia.page.getByRole('link', { name: 'Histórico' }).click()
    const rows = celia.page.locator('tbody tr')
    await until('both that ended are there', async () => (await rows.count()) >= 2)
    await celia.check('13-history')
    await celia.page.getByLabel('Canal').selectOption({ label: 'Chat do site' })
    await celia.button('Filtrar').click()
    await until('only one is left', async () => (await rows.count()) === 1)
    const csv = await celia.page.request.get(`${world.origin}/atendimento/api/history.csv`)
    expect(csv.headers()['content-type']).toContain('csv')
    expect(await csv.text()).not.toMatch(/00145|Marinalva|aposentar|5511|Dalva/)
    await rows.getByRole('link').first().click()
    await celia.page.getByRole('heading', { name: /Conversa nº/ }).waitFor()
    await celia.shown('person', 'ainda tem alguém?')
    await celia.check('14-past')
    const forbidden = await ana.page.request.get(`${world.origin}/atendimento/api/history`)
    expect(forbidden.status()).toBe(403)
  })

  it('gave the conversation of the closed console to somebody else, whose it is now', async () => {
    await ana.tab('Minhas').click()
    const item = ana.page.locator('.item', { hasText: 'WhatsApp' })
    await until('Ana has it', () => item.isVisible(), 60)
    await item.click()
    await ana.say('Desculpe a espera. Em que posso ajudar?')
    await another.hears('Desculpe a espera.')
  })

  it('asks to log in, opens a service, and keeps a promise to write in a list of its own', async () => {
    const login = await ana.act('Pedir para entrar no gov.br')
    await login.getByRole('button', { name: 'Mandar o link' }).click()
    await another.hears('/entrar/')
    const service = await ana.act('Abrir um serviço')
    await service.getByLabel('Serviço').selectOption({ index: 1 })
    await service.getByRole('button', { name: 'Abrir' }).click()
    await another.hears('pediu para você seguir comigo')
    // Whoever is free would be led to it at once.
    await ana.presence('Em pausa')
    await ana.open('Minhas')
    const promise = await ana.act('Marcar um retorno')
    await ana.check('15-callback')
    await promise.getByRole('button', { name: 'Marcar' }).click()
    await onSms.hears('Combinado')
    await ana.open('Retornos')
    await ana.page.getByText('A pessoa espera o seu contato.').waitFor()
    await ana.check('15-callbacks')
    await ana.button('Pegar').click()
    await ana.reply.waitFor()
  })

  it('is worked by keyboard alone, read aloud once, and fits every screen', async () => {
    const { page } = ana
    const focused = () => page.evaluate('document.activeElement.id')
    await page.keyboard.press('Alt+1')
    await until('the list has the keyboard', async () => (await focused()) === 'lista-mine')
    await page.locator('.item').first().waitFor()
    await page.keyboard.press('Alt+ArrowDown')
    await page.locator('#conversa-titulo').waitFor()
    await until('the conversation has it', async () => (await focused()) === 'conversa-titulo')
    await page.keyboard.press('Alt+r')
    expect(await focused()).toBe('texto')
    await page.keyboard.press('Alt+n')
    await page.keyboard.type('Pediu laudo.')
    await page.keyboard.press('Enter')
    await ana.shown('note', 'Pediu laudo.')
    await page.keyboard.press('Alt+h')
    await ana.check('15-help')
    await page.keyboard.press('Escape')
    await ana.dialog('Atalhos de teclado').waitFor({ state: 'detached' })
    await until('the keyboard is back', async () => (await focused()) === 'texto')
    expect(await page.locator('[aria-live=polite]').count()).toBe(1)
    for (const [name, size] of Object.entries(sizes)) {
      await ana.resize(size)
      await ana.check(`16-conversation-${name}`)
      if (name === 'desktop') continue
      await page.keyboard.press('Alt+i')
      await ana.check(`16-info-${name}`)
      await page.keyboard.press('Alt+i')
    }
    await page.locator('.tool-button').click()
    await page.getByRole('switch', { name: 'Alto contraste' }).click()
    await page.getByRole('switch', { name: 'Letra maior' }).click()
    await ana.check('17-menu-phone')
    await page.keyboard.press('Escape')
    for (const [name, size] of Object.entries(sizes)) {
      await ana.resize(size)
      await ana.check(`17-contrast-large-${name}`)
    }
  })

  it('keeps nothing, neither in the browser nor in the log', async () => {
    const kept = await ana.page.evaluate(`(async () => [
      localStorage.length, sessionStorage.length, document.cookie,
      (await indexedDB.databases()).length, (await caches.keys()).length,
      (await navigator.serviceWorker.getRegistrations()).length,
    ])()`)
    expect(kept).toEqual([0, 0, '', 0, 0, 0])
    const manifest = await ana.page.request.get(`${world.origin}/atendimento/console.webmanifest`)
    expect(await manifest.json()).toMatchObject({ display: 'standalone', start_url: '/atendimento' })
    await ana.page.locator('.tool-button').click()
    await ana.button('Sair').click()
    await ana.button('Sair mesmo assim').click()
    await ana.page.getByText('Você saiu.').or(ana.page.getByText('Entre com a sua conta')).first().waitFor()
    await ana.check('18-door')
    const refused = await ana.page.request.get(`${world.origin}/atendimento/api/me`)
    expect(refused.status()).toBe(401)
    await ana.page.goBack().catch(() => undefined)
    expect(await ana.page.content()).not.toContain('Pediu laudo.')
    expect([...ana.faults, ...celia.faults]).toEqual([])
    const printed = world.product.printed()
    expect(printed).toContain('agent_signed_in')
    expect(printed).not.toMatch(/00000100145|000\.001\.001|laudo|aposentar|Dalva|5511988887777|Ana Beatriz/)
  })
})
