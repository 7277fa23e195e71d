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
