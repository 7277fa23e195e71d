import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Told = {
  id: string
  type: string
  person: string
  timestamp: string
  data: Record<string, unknown>
}

/** A webhook that answers with `answers` in turn, then 204, and keeps what it took. */
export async function startSubscriber() {
  const state = {
    answers: [] as number[],
    calls: [] as { event: Told; headers: Record<string, string>; body: string }[],
  }
  const server = createServer((req, res) => {
    const chunks: Buffer[] = []
    req.on('data', (chunk) => chunks.push(chunk))
    req.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      state.calls.push({ event: JSON.parse(body), headers: req.headers as Record<string, string>, body })
      res.statusCode = state.answers.shift() ?? 204
      res.end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    state,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/inss`,
    types: () => state.calls.map(({ event }) => event.type),
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
