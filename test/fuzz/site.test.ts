import net from 'node:net'
import fc from 'fast-check'
import { SECRET, withAssistant } from './assistant'
import { always, LONG, METHODS, oddBody, oddHeaders, oddPath, oddText } from './hostile'
import { expectHarmless, type Hostile, send } from './send'

jest.setTimeout(LONG)

const assistant = withAssistant()

const ENTRANCES = [
  ...[
    '/',
    '/conversa',
    '/conversa/nova',
    '/webchat/token',
    '/webchat/conversation',
    '/favicon.svg',
    '/assets/x.js',
  ],
  ...[
    '/mensagem',
    '/mensagem/estilo.css',
    '/entrar/estilo.css',
    '/entrar/x',
    '/entrar/x/nivel',
    '/entrar/retorno',
  ],
  ...['/entrar/pronto/chat', '/entrar/aviso/stale', '/entrar/saiu', '/webhooks/inss', '/webhooks/whatsapp'],
  ...[
    '/webhooks/sms/twilio',
    '/webhooks/sms/twilio/status',
    '/webhooks/sms/kannel/segredo-do-kannel-de-teste',
  ],
  ...['/webhooks/sms/kannel/x/dlr', '/webhooks/zq', '/api/messages', '/v3/directline/conversations', '/nada'],
  ...['/v3/directline/tokens/generate', '/v3/directline/conversations/x/activities', '/healthz', '/metrics'],
]

test('no address, method, header or body makes a failure, or shows what is inside', async () => {
  const bodies = oddBody(
    { type: 'message', text: 'oi' },
    { id: 'evt_1', data: { date: '2026-11-27' } },
    { entry: [{}] },
  )
  let callers = 0
  await always(
    fc.tuple(fc.constantFrom(...METHODS), oddPath(...ENTRANCES), oddHeaders, bodies),
    async ([method, path, odd, body]) => {
      callers += 1
      const from: [string, string] = [
        'x-forwarded-for',
        `10.${callers >> 16}.${(callers >> 8) & 255}.${callers & 255}`,
      ]
      const request: Hostile = { method, path, headers: [...odd, from], body }
      // gov.br and the INSS API are away here, which is no fault of whoever asks.
      const away = /^\/+entrar|^\/readyz/.test(path) ? [503] : []
      expectHarmless(await send(assistant.url(), request), request, away)
    },
  )
})

describe('a person in a conversation', () => {
  const headers: [string, string][] = [['authorization', `Bearer ${SECRET}`]]
  type Said = { from: { role: string }; text: string; channelData?: { outcome?: string } }

  async function call(method: string, path: string, body?: object): Promise<string> {
    const request = { method, path: `/v3/directline/${path}`, headers, body: JSON.stringify(body ?? {}) }
    const answer = await send(assistant.url(), request)
    expectHarmless(answer, request)
    return answer.text
  }

  /** Says these one after another, each once the one before was answered. @returns all that was said */
  async function converse(texts: string[]): Promise<Said[]> {
    const { conversationId } = JSON.parse(await call('POST', 'conversations'))
    const path = `conversations/${conversationId}/activities`
    let said = await answered(path)
    for (const text of texts) {
      await call('POST', path, { type: 'message', text })
      // What is longer than an activity may be was refused, and our answer before it stands last.
      said = await answered(path)
    }
    return said
  }

  async function answered(path: string): Promise<Said[]> {
    for (let looks = 0; looks < 400; looks += 1) {
      const said: Said[] = JSON.parse(await call('GET', path)).activities
      if (said.at(-1)?.from.role === 'bot') return said
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    throw new Error('no answer')
  }

  test('is answered by a turn, whatever they write', async () => {
    const openings = [
      [],
      ['simular aposentadoria'],
      ['quando cai meu pagamento?'],
      ['essa mensagem é de vocês?'],
    ]
    const part = fc.constantFrom('7777 ', '1/', 'sim ', '12/3/62 ', '(', 'a@', '\u0301', 'mil e ')
    const long = fc.tuple(part, fc.constantFrom(400, 30_000)).map(([text, times]) => text.repeat(times))
    const text = fc.oneof({ weight: 3, arbitrary: oddText }, { weight: 1, arbitrary: long })
    await always(fc.tuple(fc.constantFrom(...openings), text), async ([opening, text]) => {
      const said = await converse([...opening, text])
      expect(said.filter(({ channelData }) => channelData?.outcome === 'error_internal')).toEqual([])
    })
  })

  test.each([
    [['como faço a prova de vida?'], 'O sistema do INSS não está respondendo agora.'],
    [['quando cai meu pagamento?', '1'], 'A entrada pelo gov.br não está respondendo agora.'],
  ])('is told who is away after %j', async (texts, sentence) => {
    const last = (await converse(texts)).at(-1)
    expect([last?.channelData?.outcome, last?.text]).toEqual([
      'error_inss',
      expect.stringContaining(sentence),
    ])
  })
})

describe('by the bare wire', () => {
  /** Everything that comes back until the other side closes, or `enough` is there; after the `last` bytes we are done. */
  function wire(
    bytes: string | Buffer,
    enough: (heard: string) => boolean = () => false,
    last = false,
  ): Promise<string> {
    return new Promise((resolve, reject) => {
      let heard = ''
      const socket = net.connect(Number(new URL(assistant.url()).port), '127.0.0.1')
      const late = setTimeout(
        () => reject(new Error(`neither closed nor answered: ${heard.slice(0, 300)}`)),
        10_000,
      )
      const done = () => {
        clearTimeout(late)
        socket.destroy()
        resolve(heard)
      }
      socket.on('data', (chunk) => {
        heard += chunk.toString('latin1')
        if (enough(heard)) done()
      })
      socket.on('error', () => undefined)
      socket.on('close', done)
      if (last) socket.end(bytes)
      else socket.write(bytes)
    })
  }

  const statuses = (heard: string) => [...heard.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((found) => found[1])
  const inss = (headers: string, body = '') =>
    `POST /webhooks/inss HTTP/1.1\r\nhost: x\r\n${headers}\r\n\r\n${body}`

  test('requests in one breath are answered one by one, in order', async () => {
    const get = (path: string) => `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`
    const many = [get('/healthz'), inss('content-length: 2', '{}'), get('/nada'), get('/mensagem')].join('')
    const heard = await wire(
      many,
      (all) => statuses(all).length === 4 && all.includes('</html>\n', all.indexOf('check')),
    )
    expect(statuses(heard)).toEqual(['200', '401', '404', '200'])
  })

  test('HTTP/1.0, with and without a host, is answered and the connection closed', async () => {
    for (const host of ['', 'host: x\r\n']) {
      const heard = await wire(`GET /healthz HTTP/1.0\r\n${host}\r\n`)
      expect(heard).toMatch(/^HTTP\/1\.1 200 [\s\S]*\{"status":"ok"\}$/)
    }
  })

  test.each([
    ['length no number can hold', 'content-length: 99999999999999999999'],
    ['length below nothing', 'content-length: -1'],
    ['two lengths', 'content-length: 1\r\ncontent-length: 2'],
    ['a length and chunks', 'content-length: 5\r\ntransfer-encoding: chunked'],
    ['an unknown transfer', 'transfer-encoding: zq'],
    ['a folded header', 'x: a\r\n b'],
    ['a header without a name', ': zq7'],
    ['twenty thousand bytes of headers', `x: ${'a'.repeat(20_000)}`],
  ])('%s is refused and cut', async (_, headers) => {
    const heard = await wire(inss(headers, '{}x'), (all) => all.includes('\r\n\r\n'))
    expect(heard).toMatch(/^HTTP\/1\.1 4\d\d/)
  })

  test('a length of a terabyte is refused before a byte of it came', async () => {
    const away = inss('content-length: 1099511627776', '{')
    // The rest is waited for, as long as any request may take; nothing is kept of it meanwhile.
    const other = send(assistant.url(), { method: 'GET', path: '/healthz' })
    const socket = net.connect(Number(new URL(assistant.url()).port), '127.0.0.1')
    socket.on('error', () => undefined)
    socket.write(away)
    expect((await other).status).toBe(200)
    socket.destroy()
  })

  test('chunks over the limit are refused as any body is, and broken ones cut', async () => {
    const chunk = `${(65536).toString(16)}\r\n${' '.repeat(65536)}\r\n`
    const heard = await wire(inss('transfer-encoding: chunked', `${chunk.repeat(17)}0\r\n\r\n`), (all) =>
      all.includes('Payload'),
    )
    expect(statuses(heard)).toEqual(['413'])
    const broken = await wire(inss('transfer-encoding: chunked', 'zq\r\n{}\r\n0\r\n\r\n'))
    expect(statuses(broken)).toEqual(['400'])
  })

  test('who asks before sending is told to go on, and what they expect else is refused', async () => {
    const heard = await wire(
      inss('content-length: 2\r\nexpect: 100-continue', '{}'),
      (all) => statuses(all).length === 2,
    )
    expect(statuses(heard)).toEqual(['100', '401'])
    const other = await wire(inss('content-length: 2\r\nexpect: zq', '{}'), (all) => statuses(all).length > 0)
    expect(statuses(other)).toEqual(['417'])
  })

  test('a connection broken off while its stream is being opened takes nobody with it', async () => {
    const upgrade = `GET /v3/directline/conversations/x/stream?t=a.b.c HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`
    const breakOff = () =>
      new Promise<void>((resolve) => {
        const socket = net.connect(Number(new URL(assistant.url()).port), '127.0.0.1')
        socket.on('error', () => undefined)
        socket.on('close', () => resolve())
        socket.write(upgrade, () => socket.resetAndDestroy())
      })
    for (let times = 0; times < 100; times += 1) await breakOff()
    expect(statuses(await wire(upgrade))).toEqual(['401'])
  })

  test('noise of any kind is cut', async () => {
    await always(fc.uint8Array({ minLength: 1, maxLength: 300 }), async (bytes) => {
      const heard = await wire(Buffer.concat([bytes, Buffer.from('\r\n\r\n')]), undefined, true)
      expect(heard).toMatch(/^(HTTP\/1\.1 4\d\d|$)/)
    })
  })
})
