import { mkdtempSync, rmSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Harness, startHarness } from './harness'

const html = `<!doctype html><html lang="pt-BR" data-demo="false"><head>
<link rel="stylesheet" crossorigin href="/assets/page.css"></head><body><noscript><!--plain--></noscript></body></html>`

let folder: string
let harness: Harness
const ended: string[] = []

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'chat-page-'))
  await mkdir(join(folder, 'assets'))
  await writeFile(join(folder, 'index.html'), html)
  await writeFile(join(folder, 'assets/page.css'), 'p{}')
  await writeFile(join(folder, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
  harness = await startHarness({
    chatPageFolder: folder,
    demo: true,
    onEnded: async (conversationId) => ended.push(conversationId),
  })
})
afterAll(async () => {
  await harness.stop()
  rmSync(folder, { recursive: true })
})

const token = (headers: Record<string, string> = {}, url = harness.url) =>
  fetch(`${url}/webchat/token`, { method: 'POST', headers })

type TokenAnswer = { token: string; userId: string; conversationId: string; expires_in: number }

function cookieOf(response: Response): string {
  return response.headers.getSetCookie().join().split(';')[0] ?? ''
}

describe('the page', () => {
  test('comes with headers that let nothing else in, and is never kept stale', async () => {
    const response = await fetch(harness.url)
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toBe('no-cache')
    expect(response.headers.get('etag')).toBeTruthy()
    expect(response.headers.get('content-security-policy')).toBe(
      "default-src 'none';script-src 'self';style-src 'self';img-src 'self';font-src 'self';manifest-src 'self';connect-src 'self';form-action 'self';base-uri 'none';frame-ancestors 'none'",
    )
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(response.headers.get('x-frame-options')).toBe('DENY')
    expect(response.headers.get('referrer-policy')).toBe('same-origin')
    expect(response.headers.get('strict-transport-security')).toBeNull()
    const page = await response.text()
    expect(page).toContain('data-demo="true"')
    expect(page).toContain('<form method="post" action="/conversa"')
  })

  test('its files are kept for a year, and only its files are given', async () => {
    const file = await fetch(`${harness.url}/assets/page.css`)
    expect(file.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect((await fetch(`${harness.url}/favicon.svg`)).headers.get('content-type')).toBe('image/svg+xml')
    for (const path of ['/assets/%2e%2e/index.html', '/assets/', '/assets/none.js', '/index.html']) {
      expect((await fetch(`${harness.url}${path}`)).status).toBe(404)
    }
  })

  test('without a build the plain form stands in its place', async () => {
    const bare = await startHarness()
    const page = await (await fetch(bare.url)).text()
    expect(page).toContain('<form method="post" action="/conversa"')
    expect((await fetch(`${bare.url}/favicon.svg`)).status).toBe(404)
    await bare.stop()
  })
})

describe('the token of the page', () => {
  test('opens a Direct Line conversation, and the cookie leads back into it', async () => {
    const first = await token()
    const given = (await first.json()) as TokenAnswer
    expect(given).toEqual({
      token: expect.any(String),
      userId: expect.stringMatching(/^dl_/),
      conversationId: expect.any(String),
      expires_in: 1800,
    })
    expect(first.headers.get('cache-control')).toBe('no-store')
    expect(first.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^conversa=[^;]+; Max-Age=86400; Path=\/; HttpOnly; SameSite=Lax$/),
    ])
    const opened = await fetch(`${harness.url}/v3/directline/conversations`, {
      method: 'POST',
      headers: { authorization: `Bearer ${given.token}` },
    })
    expect(opened.status).toBe(201)
    const again = (await (await token({ cookie: cookieOf(first) })).json()) as TokenAnswer
    expect([again.conversationId, again.userId]).toEqual([given.conversationId, given.userId])
    const other = (await (await token()).json()) as TokenAnswer
    expect(other.conversationId).not.toBe(given.conversationId)
  })

  test('a cookie of a day ago, or one somebody wrote, leads nowhere', async () => {
    const first = await token()
    const { conversationId } = (await first.json()) as TokenAnswer
    const forged = (await (await token({ cookie: `${cookieOf(first)}x` })).json()) as TokenAnswer
    expect(forged.conversationId).not.toBe(conversationId)
    harness.clock.forward(24 * 60 + 1)
    const late = (await (await token({ cookie: cookieOf(first) })).json()) as TokenAnswer
    expect(late.conversationId).not.toBe(conversationId)
  })

  test('a token is no cookie, and a cookie is no token', async () => {
    const first = await token()
    const given = (await first.json()) as TokenAnswer
    const swapped = (await (await token({ cookie: `conversa=${given.token}` })).json()) as TokenAnswer
    expect(swapped.conversationId).not.toBe(given.conversationId)
    const bearer = cookieOf(first).replace('conversa=', '')
    const refused = await fetch(`${harness.url}/v3/directline/conversations`, {
      method: 'POST',
      headers: { authorization: `Bearer ${bearer}` },
    })
    expect(refused.status).toBe(401)
  })

  test('pages of other sites get none', async () => {
    expect((await token({ origin: 'https://elsewhere.example' })).status).toBe(403)
    expect((await token({ origin: 'null' })).status).toBe(403)
    expect((await token({ 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect((await token({ origin: harness.url })).status).toBe(200)
  })

  test('too many are told to wait', async () => {
    const strict = await startHarness({ limits: { tokensPerMinute: 2 } })
    expect([(await token({}, strict.url)).status, (await token({}, strict.url)).status]).toEqual([200, 200])
    const third = await token({}, strict.url)
    expect(third.status).toBe(429)
    expect(third.headers.get('retry-after')).toMatch(/^\d+$/)
    await strict.stop()
  })

  test('over TLS the cookie never leaves it', async () => {
    const secure = await startHarness({ secureCookies: true, publicUrl: 'https://assistente.example' })
    const response = await token({}, secure.url)
    expect(response.headers.getSetCookie()[0]).toMatch(/^__Host-conversa=.*; Secure; SameSite=Lax$/)
    expect(response.headers.get('strict-transport-security')).toContain('max-age=')
    const { token: bearer } = (await response.json()) as TokenAnswer
    const opened = await fetch(`${secure.url}/v3/directline/conversations`, {
      method: 'POST',
      headers: { authorization: `Bearer ${bearer}` },
    })
    expect(((await opened.json()) as { streamUrl: string }).streamUrl).toMatch(
      /^wss:\/\/assistente\.example\/v3\/directline\/conversations\//,
    )
    await secure.stop()
  })
})

test('starting again ends the conversation for every token', async () => {
  const first = await token()
  const given = (await first.json()) as TokenAnswer
  const headers = { authorization: `Bearer ${given.token}` }
  await fetch(`${harness.url}/v3/directline/conversations`, { method: 'POST', headers })
  const activities = `${harness.url}/v3/directline/conversations/${given.conversationId}/activities`
  expect((await fetch(activities, { headers })).status).toBe(200)
  const forget = (origin: string) =>
    fetch(`${harness.url}/webchat/conversation`, {
      method: 'DELETE',
      headers: { cookie: cookieOf(first), origin },
    })
  expect((await forget('https://elsewhere.example')).status).toBe(403)
  expect((await fetch(activities, { headers })).status).toBe(200)
  const forgotten = await forget(harness.url)
  expect(forgotten.status).toBe(204)
  expect(ended).toEqual([given.conversationId])
  expect(forgotten.headers.getSetCookie()[0]).toContain('Max-Age=0')
  expect((await fetch(activities, { headers })).status).toBe(404)
  const refresh = await fetch(`${harness.url}/v3/directline/tokens/refresh`, { method: 'POST', headers })
  expect(refresh.status).toBe(404)
  const next = (await (await token({ cookie: cookieOf(first) })).json()) as TokenAnswer
  expect(next.conversationId).not.toBe(given.conversationId)
})
