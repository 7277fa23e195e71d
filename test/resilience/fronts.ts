import http from 'node:http'
import net, { type AddressInfo } from 'node:net'

/** What stands before the gateways: each new connection goes to the port of `lead`. */
export async function startFront() {
  const sockets = new Set<net.Socket>()
  const front = { port: 0, generation: 0 }
  const server = net.createServer((client) => {
    const gateway = net.connect(front.port, '127.0.0.1')
    for (const [one, other] of [
      [client, gateway],
      [gateway, client],
    ] as const) {
      sockets.add(one)
      one.setNoDelay(true)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        sockets.delete(one)
        other.destroy()
      })
      one.pipe(other)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    /** Leads new connections to another gateway; those that are open stay where they are. */
    lead(port: number) {
      front.port = port
      front.generation += 1
    },
    /** Grows with each `lead`. */
    generation: () => front.generation,
    async stop() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

type Call = { method: string; path: string }

/** What stands before the INSS API: a call may be held before it gets there, and its answer on the way back. */
export async function startInssFront(target: string) {
  // A connection each: the API closes those that are idle, sometimes under the next call.
  const agent = new http.Agent({ keepAlive: false })
  const calls: Call[] = []
  const front = {
    url: '',
    /** Calls that came, in order. */
    calls,
    before: (_call: Call): Promise<void> | undefined => undefined,
    after: (_call: Call): Promise<void> | undefined => undefined,
    async stop() {
      agent.destroy()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }

  async function pass(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const call = { method: request.method ?? '', path: (request.url ?? '').split('?')[0] ?? '' }
    calls.push(call)
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    await front.before(call)
    const onward = http.request(new URL(request.url ?? '/', target), {
      method: call.method,
      headers: request.headers,
      agent,
    })
    onward.on('error', () => response.destroy())
    onward.on('response', async (answer) => {
      const body: Buffer[] = []
      for await (const chunk of answer) body.push(chunk as Buffer)
      await front.after(call)
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      response.end(Buffer.concat(body))
    })
    onward.end(Buffer.concat(chunks))
  }

  const server = http.createServer((request, response) => {
    // Whoever called was killed meanwhile.
    pass(request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  front.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return front
}
