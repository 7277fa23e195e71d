import { Browser } from './browser'
import { createWorld, jose, maria, type World } from './world'

const conversation = 'web:conversa-1'

describe('entrar com gov.br', () => {
  let world: World
  let browser: Browser
  const browsers: Browser[] = []

  beforeEach(async () => {
    world = await createWorld()
    browser = newBrowser()
  })

  afterEach(async () => {
    await world.stop()
    const said = world.lines.join('')
    const visited = browsers.flatMap((each) => each.visited).join(' ')
    for (const secret of world.secrets) {
      expect(said).not.toContain(secret)
      expect(visited).not.toContain(secret)
      expect(world.written.join(' ')).not.toContain(secret)
    }
    browsers.length = 0
  })

  function newBrowser(): Browser {
    const made = new Browser()
    browsers.push(made)
    return made
  }

  const ask = (wish: { purpose?: string; level?: 'bronze' | 'silver' | 'gold' } = {}) =>
    world.identity.requestLogin(conversation, { purpose: 'ver os seus pagamentos', ...wish })

  /** From the link's page to the login page of the sandbox. */
  async function goToLogin(link: { url: string }, by = browser): Promise<void> {
    await by.open(link.url)
    await by.submit({ answer: 'same' })
    expect(by.title).toBe('Quem vai entrar?')
  }

  async function logIn(account = maria, by = browser): Promise<void> {
    await goToLogin(await ask(), by)
    await by.submit({ person: account.cpf })
    expect(by.title).toBe('Pronto, você entrou')
  }

  const kinds = () => world.events.map(({ event }) => event)

  test('mostra o motivo e o mesmo código da conversa, entra e volta para a conversa', async () => {
    const link = await ask({ purpose: 'ver os seus pagamentos' })
    expect(link.code).toMatch(/^\d\d \d\d$/)
    expect(link.minutes).toBe(10)
    expect(new URL(link.url).pathname).toMatch(/^\/entrar\/[\w-]{43}$/)
    await browser.open(link.url)
    expect(browser.text).toContain('Para ver os seus pagamentos, você precisa entrar com a sua conta gov.br.')
    expect(browser.text).toContain(link.code)
    await browser.submit({ answer: 'same' })
    await browser.submit({ person: maria.cpf })
    expect(new URL(browser.url).pathname).toBe('/entrar/pronto/chat')
    expect(kinds()).toEqual(['login_completed'])
    expect(world.events[0]).toMatchObject({
      conversationId: conversation,
      id: expect.stringMatching(/^login:/),
    })
    const session = await world.identity.session(conversation)
    expect(session).toEqual({
      firstName: 'Maria',
      level: 'silver',
      personRef: expect.stringMatching(/^[\w-]{22}$/),
      since: '2026-11-23T12:00:00.000Z',
      changedPerson: false,
    })
    expect(await world.identity.accessToken(conversation)).toBeDefined()
    expect(await world.identity.lastFailure(conversation)).toBeUndefined()
    await browser.click('Voltar para a conversa')
    expect(browser.title).toBe('Conversa')
    expect(world.api.exchanges).toEqual(['id_token'])
    expect(world.lines.join('')).toContain('"event":"login_completed"')
    // CPFs, passwords, the id_token and the access token: the check after each test looks for all of them.
    expect(world.secrets.size).toBe(6)
  })

  test('o motivo pode ser a chave de um texto', async () => {
    await browser.open((await ask({ purpose: 'login.site' })).url)
    expect(browser.text).toContain('Para Assistente Meu INSS, você precisa')
  })

  test('o id_token tem os dados que o gov.br dá, no formato do gov.br', async () => {
    await logIn(maria)
    expect(world.api.idToken).toMatchObject({
      sub: maria.cpf,
      name: 'MARIA APARECIDA DE SOUZA',
      email: 'maria@example.org',
      email_verified: 'true',
      phone_number: '+5511900000001',
      phone_number_verified: 'true',
      amr: ['passwd'],
      reliability_info: { level: 'silver', reliabilities: [{ id: '201' }, { id: '602' }] },
      nonce: expect.stringMatching(/.{20}/),
    })
    const { exp, iat } = world.api.idToken as { exp: number; iat: number }
    expect(exp - iat).toBe(60)
  })

  test('numa conversa de mensagens, a página final não leva ao chat do site', async () => {
    const link = await world.identity.requestLogin('whatsapp-cloud:abc', { purpose: 'ver' })
    await goToLogin(link)
    await browser.submit({ person: maria.cpf })
    expect(new URL(browser.url).pathname).toBe('/entrar/pronto')
    expect(browser.text).toContain('Pode fechar esta página.')
    expect(browser.html).not.toContain('href="/"')
  })

  test('abrir o link muitas vezes, como fazem as prévias, não o gasta', async () => {
    const link = await ask()
    for (let visit = 0; visit < 3; visit += 1) await newBrowser().open(link.url)
    await fetch(link.url, { method: 'HEAD' })
    await goToLogin(link)
  })

  test('o link serve uma vez só: depois, quem já entrou vê que já entrou', async () => {
    const link = await ask()
    await goToLogin(link)
    await browser.submit({ person: maria.cpf })
    await browser.open(link.url)
    expect(browser.title).toBe('Pronto, você entrou')
  })

  test('link usado por quem não terminou de entrar: pede outro, e ele chega na conversa', async () => {
    const link = await ask()
    await goToLogin(link)
    await browser.open(link.url)
    expect([browser.status, browser.title]).toEqual([410, 'Este link já foi usado'])
    await browser.submit({ answer: 'another' })
    expect(browser.title).toBe('Pedido feito')
    expect(kinds()).toEqual(['login_failed'])
    expect(await world.identity.lastFailure(conversation)).toBe('used')
    const other = await ask()
    expect(other.url).not.toBe(link.url)
    expect(await world.identity.lastFailure(conversation)).toBeUndefined()
  })

  test('pedir outro link duas vezes move a conversa uma vez só', async () => {
    const link = await ask()
    await goToLogin(link)
    await browser.open(link.url)
    const page = browser.html
    await browser.submit({ answer: 'another' })
    browser.html = page
    await browser.submit({ answer: 'another' })
    expect(new Set(world.events.map(({ id }) => id)).size).toBe(1)
  })

  test('dois cliques ao mesmo tempo: um só vai para o gov.br', async () => {
    const link = await ask()
    const [one, two] = [newBrowser(), newBrowser()]
    await Promise.all([one.open(link.url), two.open(link.url)])
    await Promise.all([one.submit({ answer: 'same' }), two.submit({ answer: 'same' })])
    expect([one.title, two.title].sort()).toEqual(['Este link já foi usado', 'Quem vai entrar?'])
  })

  test('link vencido: não leva ao gov.br e oferece outro', async () => {
    const link = await ask()
    await browser.open(link.url)
    world.clock.advanceMinutes(9.9)
    await newBrowser().open(link.url)
    expect(browsers.at(-1)?.title).toBe('Entrar com gov.br')
    world.clock.advanceMinutes(0.2)
    await browser.submit({ answer: 'same' })
    expect([browser.status, browser.title]).toEqual([410, 'Este link venceu'])
    await browser.submit({ answer: 'another' })
    expect(await world.identity.lastFailure(conversation)).toBe('expired')
    expect(kinds()).toEqual(['login_failed'])
  })

  test('um link novo apaga o anterior', async () => {
    const first = await ask()
    const second = await ask()
    await browser.open(first.url)
    expect([browser.status, browser.title]).toEqual([404, 'Este link não vale mais'])
    await goToLogin(second)
  })

  test('o código é diferente: cancela o link e avisa a conversa', async () => {
    const link = await ask()
    await browser.open(link.url)
    await browser.submit({ answer: 'different' })
    expect(browser.title).toBe('Fez bem em conferir')
    expect(kinds()).toEqual(['login_failed'])
    expect(await world.identity.lastFailure(conversation)).toBe('other_person')
    await newBrowser().open(link.url)
    expect(browsers.at(-1)?.title).toBe('Este link já foi usado')
  })

  test('outro site não consegue apertar o botão pela pessoa', async () => {
    const link = await ask()
    const answers = [
      await fetch(link.url, { method: 'POST', body: new URLSearchParams({ answer: 'same' }) }),
      await fetch(link.url, {
        method: 'POST',
        body: new URLSearchParams({ answer: 'same', form: 'x'.repeat(43) }),
      }),
    ]
    // The form of one browser, sent by another.
    await browser.open(link.url)
    const token = /name="form" value="([^"]+)"/.exec(browser.html)?.[1] ?? ''
    answers.push(
      await fetch(link.url, {
        method: 'POST',
        body: new URLSearchParams({ answer: 'same', form: token }),
        headers: { cookie: `entrar-formulario=${'a'.repeat(43)}` },
      }),
    )
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403])
    expect(await answers[0]?.text()).toContain('Abra o link de novo')
    await goToLogin(link)
  })

  test('desistir no gov.br: a página oferece tentar de novo, com o mesmo código', async () => {
    const link = await ask()
    await goToLogin(link)
    await browser.submit({ cancel: 'yes' })
    expect(browser.text).toContain('Você não terminou de entrar.')
    expect(browser.text).toContain(link.code)
    expect(kinds()).toEqual(['login_failed'])
    expect(await world.identity.lastFailure(conversation)).toBe('denied')
    // The conversation shows the very link that the page is at, and only once.
    const again = await ask()
    expect(again).toEqual({ url: browser.url, code: link.code, minutes: 10 })
    expect((await ask()).url).not.toBe(again.url)
  })

  test('tentar de novo na própria página entra', async () => {
    await goToLogin(await ask())
    await browser.submit({ cancel: 'yes' })
    await browser.submit({ answer: 'same' })
    await browser.submit({ person: maria.cpf })
    expect(kinds()).toEqual(['login_failed', 'login_completed'])
    expect(await world.identity.lastFailure(conversation)).toBeUndefined()
  })

  test('estado inventado na volta: nada acontece', async () => {
    await goToLogin(await ask())
    await browser.open(`${world.publicUrl}/entrar/retorno?code=abc&state=${'s'.repeat(43)}`)
    expect([browser.status, browser.title]).toEqual([400, 'Esta página já foi usada ou venceu'])
    expect(browser.url).not.toContain('code')
    expect(world.events).toEqual([])
    await browser.open(`${world.publicUrl}/entrar/retorno`)
    expect(browser.title).toBe('Esta página já foi usada ou venceu')
  })

  test('voltar do gov.br em outro navegador não entra, nem estraga a volta certa', async () => {
    await goToLogin(await ask())
    await browser.submit({ person: maria.cpf }, `${world.publicUrl}/entrar/retorno`)
    const callback = browser.url
    const other = newBrowser()
    await other.open(callback)
    expect([other.status, other.title]).toEqual([400, 'Continue no navegador em que começou'])
    expect(await world.identity.session(conversation)).toBeUndefined()
    await browser.open(callback)
    expect(browser.title).toBe('Pronto, você entrou')
  })

  test('repetir o endereço de volta não entra duas vezes', async () => {
    await goToLogin(await ask())
    await browser.submit({ person: maria.cpf }, `${world.publicUrl}/entrar/retorno`)
    const callback = browser.url
    await browser.open(callback)
    expect(browser.title).toBe('Pronto, você entrou')
    await browser.open(callback)
    expect(browser.title).toBe('Esta página já foi usada ou venceu')
    expect(kinds()).toEqual(['login_completed'])
  })

  test('demorar demais no gov.br: a volta diz que venceu', async () => {
    await goToLogin(await ask())
    await browser.submit({ person: maria.cpf }, `${world.publicUrl}/entrar/retorno`)
    world.clock.advanceMinutes(31)
    await browser.open(browser.url)
    expect(browser.title).toBe('Esta página já foi usada ou venceu')
    expect(await world.identity.session(conversation)).toBeUndefined()
  })

  test('nível baixo: entra com o que tem, aumenta no gov.br e entra de novo com o nível pedido', async () => {
    const link = await ask({ level: 'silver', purpose: 'pedir o benefício em seu nome' })
    await browser.open(link.url)
    expect(browser.text).toContain('Para isso, a sua conta precisa ser prata ou ouro.')
    await browser.submit({ answer: 'same' })
    await browser.submit({ person: jose.cpf })
    expect(browser.text).toContain('a sua conta gov.br ainda não tem o nível que este serviço pede')
    expect(kinds()).toEqual(['login_failed'])
    expect(await world.identity.lastFailure(conversation)).toBe('level')
    expect(await world.identity.session(conversation)).toMatchObject({ firstName: 'José', level: 'bronze' })
    const inConversation = await ask({ level: 'silver' })
    expect(inConversation.url).toBe(browser.url)

    await browser.click('Aumentar o nível no gov.br')
    expect(browser.title).toBe('Aumentar o nível da conta')
    expect(new URL(browser.url).searchParams.get('niveis')).toBe('(2/3)')
    await browser.submit({ level: 'silver' })
    expect(browser.url).toBe(inConversation.url)
    await browser.submit({ answer: 'same' })
    expect(browser.text).toContain('Continuar como JOSÉ DA SILVA')
    await browser.submit({ person: jose.cpf })
    expect(browser.title).toBe('Pronto, você entrou')
    expect(kinds()).toEqual(['login_failed', 'login_completed'])
    expect(await world.identity.session(conversation)).toMatchObject({
      level: 'silver',
      changedPerson: false,
    })
  })

  test('pedindo ouro, só ouro serve', async () => {
    const link = await ask({ level: 'gold' })
    await goToLogin(link)
    await browser.submit({ person: maria.cpf })
    await browser.click('Aumentar o nível no gov.br')
    expect(browser.html).not.toContain('value="silver"')
    await browser.submit({ level: 'gold' })
    await browser.submit({ answer: 'same' })
    await browser.submit({ person: maria.cpf })
    expect(await world.identity.session(conversation)).toMatchObject({ level: 'gold' })
  })

  test('outra pessoa entra na mesma conversa: a sessão é dela, e a troca é dita', async () => {
    await logIn(maria)
    const first = await world.identity.session(conversation)
    await logIn(jose, newBrowser())
    const second = await world.identity.session(conversation)
    expect(second).toMatchObject({ firstName: 'José', changedPerson: true })
    expect(second?.personRef).not.toBe(first?.personRef)
    await logIn(jose, newBrowser())
    expect(await world.identity.session(conversation)).toMatchObject({ changedPerson: false })
  })

  test('no mesmo navegador dá para trocar de pessoa', async () => {
    await logIn(maria)
    await logIn(jose)
    expect(await world.identity.session(conversation)).toMatchObject({
      firstName: 'José',
      changedPerson: true,
    })
  })

  test('a troca de pessoa é notada também depois de sair', async () => {
    await logIn(maria)
    await world.identity.logout(conversation)
    await logIn(jose)
    expect(await world.identity.session(conversation)).toMatchObject({ changedPerson: true })
  })

  test('a mesma pessoa em duas conversas tem a mesma referência, e as sessões não se misturam', async () => {
    await logIn(maria)
    const link = await world.identity.requestLogin('terminal:outra', { purpose: 'ver' })
    const other = newBrowser()
    await goToLogin(link, other)
    await other.submit({ person: maria.cpf })
    const one = await world.identity.session(conversation)
    expect((await world.identity.session('terminal:outra'))?.personRef).toBe(one?.personRef)
    await world.identity.logout('terminal:outra')
    expect(await world.identity.session(conversation)).toBeDefined()
  })

  test('sem uso por 30 minutos a sessão acaba', async () => {
    await logIn()
    world.clock.advanceMinutes(29.5)
    expect(await world.identity.session(conversation)).toBeDefined()
    world.clock.advanceMinutes(0.6)
    expect(await world.identity.session(conversation)).toBeUndefined()
    expect(await world.identity.accessToken(conversation)).toBeUndefined()
  })

  test('usar a sessão a mantém viva e renova o token antes que acabe', async () => {
    await logIn()
    const first = await world.identity.accessToken(conversation)
    expect(world.api.exchanges).toEqual(['id_token'])
    for (let minutes = 0; minutes < 100; minutes += 25) {
      world.clock.advanceMinutes(25)
      expect(await world.identity.accessToken(conversation)).toBeDefined()
    }
    const renewals = world.api.exchanges.filter((kind) => kind === 'access_token')
    expect(renewals).toHaveLength(4)
    expect(await world.identity.accessToken(conversation)).not.toBe(first)
  })

  test('uma conversa movimentada renova no máximo uma vez por minuto', async () => {
    await logIn()
    for (let turn = 0; turn < 60; turn += 1) {
      world.clock.advanceMinutes(0.1)
      await world.identity.accessToken(conversation)
    }
    expect(world.api.exchanges.length).toBeLessThanOrEqual(7)
  })

  test('a API fora do ar na renovação: o token que ainda vale continua servindo', async () => {
    await logIn()
    const token = await world.identity.accessToken(conversation)
    world.api.fail = 'down'
    world.clock.advanceMinutes(20)
    expect(await world.identity.accessToken(conversation)).toBe(token)
    world.api.fail = undefined
    expect(await world.identity.accessToken(conversation)).not.toBe(token)
  })

  test('a API recusa a renovação: é preciso entrar de novo', async () => {
    await logIn()
    world.clock.advanceMinutes(20)
    world.api.fail = 'refuse'
    expect(await world.identity.accessToken(conversation)).toBeUndefined()
    expect(await world.identity.session(conversation)).toBeUndefined()
  })

  test('sair acaba com a nossa sessão e leva o navegador a sair do gov.br', async () => {
    expect(await world.identity.logout(conversation)).toEqual({})
    await logIn()
    const { url } = await world.identity.logout(conversation)
    expect(url).toBe(`${world.publicUrl}/entrar/sair`)
    expect(await world.identity.session(conversation)).toBeUndefined()
    expect(await world.identity.accessToken(conversation)).toBeUndefined()
    await browser.open(url ?? '')
    expect(browser.url).toBe(`${world.publicUrl}/entrar/saiu`)
    expect(browser.title).toBe('Você saiu')
    await goToLogin(await ask())
    expect(browser.text).not.toContain('Continuar como')
  })

  test.each(['down', 'refuse', 'rubbish'] as const)(
    'a API do INSS falha na troca (%s): tenta de novo',
    async (fail) => {
      world.api.fail = fail
      await goToLogin(await ask())
      await browser.submit({ person: maria.cpf })
      expect(browser.text).toContain('Não conseguimos terminar agora.')
      expect(await world.identity.lastFailure(conversation)).toBe('unavailable')
      expect(await world.identity.session(conversation)).toBeUndefined()
      world.api.fail = undefined
      await browser.submit({ answer: 'same' })
      await browser.submit({ person: maria.cpf })
      expect(kinds()).toEqual(['login_failed', 'login_completed'])
    },
  )

  test('o gov.br cai depois do link: a página diz e o link continua bom', async () => {
    const link = await ask()
    await goToLogin(link)
    await browser.submit({ person: maria.cpf }, `${world.publicUrl}/entrar/retorno`)
    await world.sandbox.stop()
    await browser.open(browser.url)
    expect(browser.text).toContain('Não conseguimos terminar agora.')
    expect(kinds()).toEqual(['login_failed'])
    expect(await world.identity.lastFailure(conversation)).toBe('unavailable')
  })

  test('o gov.br fora do ar na hora de ir: o link não é gasto', async () => {
    const link = await ask()
    const restarted = await world.startAnother({ issuer: 'http://localhost:9' })
    await browser.open(new URL(new URL(link.url).pathname, restarted.url).href)
    await browser.submit({ answer: 'same' })
    expect([browser.status, browser.title]).toEqual([503, 'O gov.br não está respondendo'])
    await goToLogin(link)
  })

  test('a sessão continua depois de o assistente reiniciar, mas não com outra chave', async () => {
    await logIn()
    const restarted = await world.startAnother({})
    expect(await restarted.identity.session(conversation)).toMatchObject({ firstName: 'Maria' })
    const stranger = await world.startAnother({ secretKey: Buffer.alloc(32, 8) })
    expect(await stranger.identity.session(conversation)).toBeUndefined()
    expect(await stranger.identity.accessToken(conversation)).toBeUndefined()
  })

  test('páginas com cabeçalhos que nada deixam vir de fora, e cookies que só o servidor lê', async () => {
    const link = await ask()
    await browser.open(link.url)
    const policy = browser.headers.get('content-security-policy')
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).toContain(`form-action 'self' ${world.sandbox.issuer}`)
    expect(browser.headers.get('cache-control')).toBe('no-store')
    expect(browser.headers.get('referrer-policy')).toBe('same-origin')
    expect(browser.headers.get('x-content-type-options')).toBe('nosniff')
    expect(browser.headers.getSetCookie().join()).toMatch(/HttpOnly; SameSite=Lax/)
    expect(browser.html).not.toMatch(/<script|https?:\/\//)
    const style = await fetch(new URL('/entrar/estilo.css', world.publicUrl))
    expect(style.headers.get('content-type')).toContain('text/css')
  })

  test('o cookie da ida ao gov.br some na volta', async () => {
    await logIn()
    expect(browser.cookieNames().filter((name) => /^entrar-/.test(name))).toEqual(['entrar-formulario'])
  })

  test('adivinhar links: depois de muitos, é preciso esperar', async () => {
    let last = 0
    for (let guess = 0; guess < 31; guess += 1) {
      last = (await fetch(`${world.publicUrl}/entrar/${String(guess).padStart(43, 'a')}`)).status
    }
    expect(last).toBe(429)
    // Who has a good link is not kept out.
    await goToLogin(await ask())
  })

  test('muitos envios seguidos: é preciso esperar', async () => {
    const { url } = await ask()
    const post = () => fetch(url, { method: 'POST', body: new URLSearchParams({ answer: 'same' }) })
    for (let sent = 0; sent < 60; sent += 1) await post()
    expect((await post()).status).toBe(429)
  })

  test('um envio estranho recebe uma página gentil', async () => {
    const { url } = await ask()
    const broken = await fetch(url, {
      method: 'POST',
      body: 'x'.repeat(10_000),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    expect(broken.status).toBe(413)
    expect(await broken.text()).toContain('Abra o link de novo')
  })
})

describe('o gov.br fora do ar', () => {
  test('pedir a entrada falha com um código que a conversa sabe explicar, e volta a funcionar', async () => {
    const world = await createWorld({ identity: { issuer: 'http://localhost:9' } })
    await expect(world.identity.requestLogin(conversation, { purpose: 'ver' })).rejects.toMatchObject({
      code: 'login_provider_unavailable',
      retryable: true,
    })
    await world.stop()
  })

  test('sair, com o gov.br fora do ar, tem uma página com saída', async () => {
    const world = await createWorld({ identity: { issuer: 'http://localhost:9' } })
    const browser = new Browser()
    await browser.open(`${world.publicUrl}/entrar/sair`)
    expect([browser.status, browser.title]).toEqual([503, 'O gov.br não está respondendo'])
    await world.stop()
  })
})

test('um aviso que a conversa não recebe não estraga a entrada', async () => {
  const world = await createWorld({ identity: { onEvent: () => Promise.reject(new Error('store down')) } })
  const browser = new Browser()
  await browser.open((await world.identity.requestLogin(conversation, { purpose: 'ver' })).url)
  await browser.submit({ answer: 'same' })
  await browser.submit({ person: maria.cpf })
  expect(browser.title).toBe('Pronto, você entrou')
  expect(await world.identity.session(conversation)).toBeDefined()
  expect(world.lines.join('')).toContain('login_event_lost')
  await world.stop()
})
