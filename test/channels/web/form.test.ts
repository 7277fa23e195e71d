import { type Harness, startHarness, until } from './harness'

let harness: Harness

beforeAll(async () => {
  harness = await startHarness({
    formWaitMilliseconds: 700,
    answer(message) {
      if (message.kind === 'opened') {
        return [
          {
            text: 'Olá!\nO que você precisa?',
            questionId: 'q1',
            choices: [{ title: 'Ver "meu" pagamento', value: 'pagamento' }],
          },
        ]
      }
      if (message.kind !== 'text' || message.text === 'silêncio') return []
      return [
        {
          text: `Você disse: ${message.text}`,
          link: { title: 'Abrir', url: 'https://example.gov.br/?a=1&b=2' },
        },
      ]
    },
  })
})
afterAll(() => harness.stop())

/** A browser without JavaScript: keeps its cookie and follows the redirect by hand. */
function visitor() {
  let cookie = ''
  const request = async (
    path: string,
    form?: Record<string, string>,
    headers: Record<string, string> = {},
  ) => {
    const response = await fetch(`${harness.url}${path}`, {
      redirect: 'manual',
      headers: { cookie, ...headers },
      ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
    })
    const [set] = response.headers.getSetCookie()
    if (set !== undefined) cookie = set.split(';')[0] ?? ''
    return {
      status: response.status,
      location: response.headers.get('location'),
      html: await response.text(),
    }
  }
  return {
    request,
    async say(form: Record<string, string>) {
      const posted = await request('/conversa', form)
      expect([posted.status, posted.location]).toEqual([303, '/conversa#ultima'])
      return (await request('/conversa')).html
    },
  }
}

test('who has said nothing finds a form, and starting shows what the assistant says', async () => {
  const { request, say } = visitor()
  const { html } = await request('/conversa')
  expect(html).toContain('Começar a conversa')
  expect(html).toContain('135')
  const started = await say({ start: 'yes' })
  expect(started).toContain('Olá!\nO que você precisa?')
  expect(started).toContain('Ver &#34;meu&#34; pagamento</button>')
})

test('a pressed choice says its value, shows its title, and answers its question', async () => {
  const { say } = visitor()
  const started = await say({ start: 'yes' })
  const value = /name="choice" value="([^"]*)"/.exec(started)?.[1]?.replaceAll('&#34;', '"') ?? ''
  const html = await say({ choice: value, questionId: 'q1', formId: 'f1' })
  expect(harness.heard.at(-1)).toMatchObject({ kind: 'text', text: 'pagamento', questionId: 'q1' })
  expect(html).toMatch(/class="message own".*Ver &#34;meu&#34; pagamento<\/div>/s)
  expect(html).toContain(
    'href="https://example.gov.br/?a=1&#38;b=2" target="_blank" rel="noopener noreferrer"',
  )
  expect(html).toMatch(/class="message bot" id="ultima"><p class="who">Assistente/)
})

test('the first thing said may be a question: it is answered without a greeting before it', async () => {
  const { say } = visitor()
  const html = await say({ text: 'oi\r\ntudo bem' })
  expect(html).toContain('Você disse: oi\ntudo bem')
  expect(html).not.toContain('Olá!')
})

test('the same form sent twice is said once', async () => {
  const { say } = visitor()
  await say({ text: 'uma vez', formId: 'same' })
  const html = await say({ text: 'uma vez', formId: 'same' })
  expect(html.match(/Você disse: uma vez/g)).toHaveLength(1)
})

test('an answer that takes long leaves a page that says so and can be looked at again', async () => {
  const { say, request } = visitor()
  const started = Date.now()
  const html = await say({ text: 'silêncio' })
  expect(Date.now() - started).toBeGreaterThanOrEqual(650)
  expect(html).toContain('A resposta ainda não chegou.')
  expect(html).toContain('>Atualizar</a>')
  const conversationId = harness.heard.at(-1)?.conversationId ?? ''
  await harness.send(conversationId, { text: 'Desculpe a demora.' })
  const later = await until(async () => (await request('/conversa')).html)
  expect(later).toContain('Desculpe a demora.')
  expect(later).not.toContain('A resposta ainda não chegou')
})

test('script and markup are shown as they were written', async () => {
  const { say } = visitor()
  const html = await say({ text: `<script>alert(1)</script>"'&\u0007\u202Efim` })
  expect(html).toContain('&#60;script&#62;alert(1)&#60;/script&#62;&#34;&#39;&#38;fim')
  expect(html).not.toContain('<script')
})

test('an empty form is answered by a word, and nothing is said', async () => {
  const { request, say } = visitor()
  await say({ start: 'yes' })
  const { status, html } = await request('/conversa', { text: '  ' })
  expect(status).toBe(400)
  expect(html).toContain('Escreva a sua mensagem antes de enviar.')
})

test('far too much is refused in plain words', async () => {
  const { request } = visitor()
  for (const text of ['a'.repeat(300_000), 'é'.repeat(400_000)]) {
    const { status, html } = await request('/conversa', { text })
    expect(status).toBeGreaterThanOrEqual(400)
    expect(status).toBeLessThan(500)
    expect(html).toContain('mensagem é longa demais')
  }
})

test('a form of another site says nothing for anyone', async () => {
  const { request, say } = visitor()
  await say({ start: 'yes' })
  const heard = harness.heard.length
  const { status, html } = await request(
    '/conversa',
    { text: 'não fui eu' },
    { origin: 'https://evil.example' },
  )
  expect(status).toBe(403)
  expect(html).toContain('Este pedido veio de outra página')
  expect(harness.heard).toHaveLength(heard)
})

test('starting again asks, and then the page is as new', async () => {
  const { request, say } = visitor()
  await say({ text: 'segredo' })
  expect((await request('/conversa/nova')).html).toContain('Sim, começar de novo')
  const { status, location } = await request('/conversa/nova', {})
  expect([status, location]).toEqual([303, '/conversa'])
  const { html } = await request('/conversa')
  expect(html).not.toContain('segredo')
  expect(html).toContain('Começar a conversa')
})

test('an address that is none gives a way back', async () => {
  const { request } = visitor()
  const { status, html } = await request('/conversa/outra')
  expect(status).toBe(404)
  expect(html).toContain('href="/conversa"')
})
