import http from 'node:http'

/** One request as it goes on the wire: headers may repeat, but for the type; only `host` and the length are added. */
export type Hostile = {
  method: string
  path: string
  headers?: [name: string, value: string][]
  body?: Buffer | string
}

export type Answer = { status: number; headers: http.IncomingHttpHeaders; text: string }

/** Longer than any wait of ours. */
const HANGS_AFTER_MS = 15_000

const agent = new http.Agent({ keepAlive: true, maxSockets: 4 })

/** Sends one request. @throws Error when there is no whole answer, or none in time */
export function send(origin: string, hostile: Hostile): Promise<Answer> {
  const { method, path, headers = [], body = '' } = hostile
  const { hostname, port, host } = new URL(origin)
  const bytes = Buffer.from(body)
  const has = (name: string) => headers.some((each) => each[0].toLowerCase() === name)
  // Node hears the first of two; here an odd one comes after the right one, and is to count.
  const type = headers.findLastIndex(([name]) => name.toLowerCase() === 'content-type')
  const sent = headers.filter(([name], index) => index === type || name.toLowerCase() !== 'content-type')
  const all = [
    ...(has('host') ? [] : [['host', host]]),
    ...sent,
    ...(bytes.length > 0 || method === 'POST' ? [['content-length', String(bytes.length)]] : []),
  ]
  return new Promise((resolve, reject) => {
    const request = http.request(
      { hostname, port, method, path, agent, headers: all.flat() as never, timeout: HANGS_AFTER_MS },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          const { statusCode = 0, headers } = response
          resolve({ status: statusCode, headers, text: Buffer.concat(chunks).toString() })
        })
      },
    )
    request.on('timeout', () => request.destroy(new Error('no answer')))
    request.on('error', (error: NodeJS.ErrnoException) => {
      // The server may close a kept connection just as it is used again; anybody would ask anew.
      if (request.reusedSocket && error.code === 'ECONNRESET') resolve(send(origin, hostile))
      else reject(error)
    })
    request.end(bytes)
  })
}

/** Ends the connections that are kept open. */
export function hangUp(): void {
  agent.destroy()
}

/** In what is sent: tags and quotes that would take effect if a page held them as they are. */
export const MARKS = [
  '"\'><zq7 onload=1>',
  'zq8"zq8',
  "zq8'zq8",
  '</textarea><zq7>',
  'javascript:zq7',
] as const

const INNARDS = [
  /node_modules|node:internal|[/\\](src|dist)[/\\]/,
  /\.[cm]?[jt]s:\d/,
  /\n\s+at |&nbsp;at /,
  /\b(Syntax|Type|Range|Reference|Zod|URI|Internal\w*|PayloadTooLarge|UnsupportedMediaType|BadRequest)Error\b/,
  /Unexpected (token|end)|is not valid JSON|request entity|invalid_type|Invalid input|Failed to decode/,
  /Cannot (GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|TRACE|read|set|convert)/,
]

/**
 * What holds of every answer to anything: no failure of ours, nothing of our insides, nothing of theirs that a
 * browser would take for more than text.
 */
export function expectHarmless(
  { status, headers, text }: Answer,
  sent: Hostile,
  allowed: number[] = [],
): void {
  const what = () => `${status} for ${sent.method} ${sent.path.slice(0, 200)}: ${text.slice(0, 300)}`
  if (status >= 500 && !allowed.includes(status)) throw new Error(`a failure: ${what()}`)
  for (const innards of INNARDS) if (innards.test(text)) throw new Error(`insides (${innards}): ${what()}`)
  const type = headers['content-type'] ?? ''
  const marked = /<zq7|zq8["']zq8|(href|src|action)\s*=\s*["']?javascript:/.test(text)
  if (/html|xml|svg/.test(type) && marked) throw new Error(`not escaped: ${what()}`)
  if (marked && headers['x-content-type-options'] !== 'nosniff') throw new Error(`may be sniffed: ${what()}`)
  for (const key in {}) throw new Error(`every object has ${key} now: ${what()}`)
  if (/^[^?#]*zq[78]/.test(headers.location ?? '')) throw new Error(`leads elsewhere: ${what()}`)
}
