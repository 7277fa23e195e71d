import net from 'node:net'
import fc from 'fast-check'
import { withAssistant } from './assistant'
import { always, LONG } from './hostile'
import { send } from './send'

jest.setTimeout(LONG)

const assistant = withAssistant()

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
