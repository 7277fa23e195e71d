import { codeOf, findCode, shownCode } from '../../src/notices/code'
import { createWorld, notLoggedIn, type World, whatsapp } from './world'

describe('a check code', () => {
  const key = Buffer.alloc(32, 1)

  it('is the same for the same notice, and another for another notice or another key', () => {
    expect(codeOf(key, 'n1')).toBe(codeOf(key, 'n1'))
    const codes = new Set(Array.from({ length: 2000 }, (_, index) => codeOf(key, `n${index}`)))
    expect(codes.size).toBe(2000)
    expect(codes.has(codeOf(Buffer.alloc(32, 2), 'n1'))).toBe(false)
    for (const code of codes) expect(code).toMatch(/^[34679CDFGHJKMNPQRTWXY]{8}$/)
  })

  it.each([
    ['7K3P-9XQM', '7K3P9XQM'],
    ['o código é 7k3p-9xqm.', '7K3P9XQM'],
    ['Essa mensagem é de vocês? 7K3P9XQM', '7K3P9XQM'],
    ['recebi um aviso com o código 7K3P – 9XQM, é verdade?', '7K3P9XQM'],
    ['7k3p 9xqm', '7K3P9XQM'],
    ['o código é 7K3P', undefined],
    ['meu CPF é 000.008.008-05', undefined],
    ['aposentadoria', undefined],
    ['77777777777', undefined],
  ])('is read in "%s"', (text, code) => {
    expect(findCode(text)).toBe(code)
  })

  it('is written in two groups', () => {
    expect(shownCode('7K3P9XQM')).toBe('7K3P-9XQM')
  })
})

describe('whether a message is ours', () => {
  let world: World
  let code: string
  beforeEach(async () => {
    world = await createWorld('2026-11-25T15:00:00Z')
    await world.optIn(whatsapp, 'rosa')
    await world.post(world.event('pessoa-rosa', 'payment.credited'))
    await world.drain()
    code = world.codeIn(world.sent[0])
  })
  afterEach(() => world.stop())

  const check = async (text: string, conversationId = 'qualquer') =>
    (await world.notices.of(world.inbound({ channel: 'web', conversationId }), notLoggedIn)).check(text)

  it('is told by its code to anyone, with when and what about', async () => {
    world.set('2026-12-20T15:00:00Z')
    const ours = { result: 'ours', at: '2026-11-25T15:00:00.000Z', subject: 'pagamento' }
    expect(await check(`recebi ${code}`)).toEqual(ours)
    expect(await check(code.toLowerCase().replace('-', ' '))).toEqual(ours)
  })

  it('is no for any other code, and for one of a notice that never went out', async () => {
    expect(await check('7K3P-9XQM')).toEqual({ result: 'not_ours' })
    world.set('2026-11-26T01:00:00Z')
    await world.post(world.event('pessoa-rosa', 'request.moved'))
    const [waiting] = await (async () => {
      world.set('2026-11-26T12:00:00Z')
      return world.store.outbox.take(1, 'notice', {})
    })()
    const unsent = /aviso: (\S+)\./.exec(waiting?.message.text ?? '')?.[1] ?? ''
    expect(await check(unsent)).toEqual({ result: 'not_ours' })
  })

  it('is asked for the code when there is none', async () => {
    expect(await check('essa mensagem é de vocês?')).toEqual({ result: 'no_code' })
  })

  it('cannot be found by trying: ten wrong codes in ten minutes are enough', async () => {
    const wrong = (n: number) => codeOf(Buffer.alloc(32, 9), `n${n}`)
    for (let n = 0; n < 10; n += 1) expect((await check(wrong(n), 'curiosa')).result).toBe('not_ours')
    expect(await check(code, 'curiosa')).toEqual({ result: 'wait' })
    expect((await check(code, 'outra')).result).toBe('ours')
  })

  describe('at /mensagem', () => {
    const post = async (body: Record<string, string>) => {
      const response = await fetch(`${world.url}/mensagem`, {
        method: 'POST',
        body: new URLSearchParams(body),
      })
      return { status: response.status, headers: response.headers, text: await response.text() }
    }

    it('is a form without script that any browser can use', async () => {
      const response = await fetch(`${world.url}/mensagem`)
      const text = await response.text()
      expect(response.status).toBe(200)
      expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
      expect(text).toContain('<form method="post" action="/mensagem">')
      expect(text).toContain('<label for="code">Código da mensagem</label>')
      expect(text).not.toContain('<script')
      const style = /href="(\/mensagem\/[^"]+)"/.exec(text)?.[1] ?? ''
      expect((await fetch(`${world.url}${style}`)).headers.get('content-type')).toContain('text/css')
    })

    it('says yes with the day and the matter, and what we never ask for', async () => {
      const { status, text } = await post({ code: ` ${code.toLowerCase()} ` })
      expect(status).toBe(200)
      expect(text).toContain('<h1>A mensagem é nossa</h1>')
      expect(text).toContain('Enviamos em 25/11/2026 (quarta-feira), perto das 12h, sobre o seu pagamento.')
      expect(text).toContain('nunca mandamos link')
      expect(text).not.toContain(code)
    })

    it('says that it was not found, and what to do', async () => {
      const { status, text } = await post({ code: '7K3P-9XQM' })
      expect(status).toBe(200)
      expect(text).toContain('<h1>Não achamos essa mensagem</h1>')
      expect(text).toContain('Na dúvida, ligue 135')
    })

    it.each([{ code: '<script>alert(1)</script>' }, { code: 'x'.repeat(500) }, {}])(
      'asks again for what is no code',
      async (body) => {
        const { status, text } = await post(body as Record<string, string>)
        expect(status).toBe(200)
        expect(text).toContain('Não achei um código')
        expect(text).not.toContain('alert')
      },
    )

    it('asks who tries too many to wait', async () => {
      for (let n = 0; n < 10; n += 1) await post({ code: codeOf(Buffer.alloc(32, 8), `n${n}`) })
      const { status, text } = await post({ code })
      expect(status).toBe(429)
      expect(text).toContain('Espere dez minutos')
    })
  })
})
