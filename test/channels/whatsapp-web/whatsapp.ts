import { readFileSync } from 'node:fs'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { type WebSocket, WebSocketServer } from 'ws'
import { selfSigned } from './certificate'

/** What the page tells of what the library did in it. */
export type Reported = { what: string; [name: string]: unknown }

/** What the page finds when it opens. */
export type World = { unread?: object[]; earlySync?: boolean; me?: string }

export type FakeWhatsApp = Awaited<ReturnType<typeof startWhatsApp>>

/** Serves our page as https://web.whatsapp.com/ to a browser with these arguments, and drives it. */
export async function startWhatsApp() {
  const { key, cert } = selfSigned('web.whatsapp.com')
  const reports: Reported[] = []
  const unknown = new Set<string>()
  let socket: WebSocket | undefined
  let world: World = {}
  let whenDone: () => void = () => undefined
  let broken = false
  const files: Record<string, [string, string]> = {
    '/': ['text/html', 'index.html'],
    '/modules.js': ['text/javascript', 'modules.js'],
  }
  const server = createTlsServer({ key, cert }, (request, response) => {
    const path = new URL(request.url ?? '/', 'https://web.whatsapp.com').pathname
    if (broken) return void response.writeHead(503).end()
    if (path === '/world') return void response.end(JSON.stringify(world))
    const file = files[path]
    if (file === undefined) return void response.writeHead(404).end()
    response.writeHead(200, { 'content-type': file[0] }).end(readFileSync(join(__dirname, 'page', file[1])))
  })
  const sockets = new WebSocketServer({ server, path: '/test' })
  sockets.on('connection', (opened) => {
    socket = opened
    opened.on('message', (data) => {
      const report = JSON.parse(String(data)) as Reported
      if (report.what === 'done') return whenDone()
      reports.push(report)
      if (report.what === 'unknown module') unknown.add(String(report.name))
    })
  })
  // Where every other host leads, so that a browser that calls anybody else is caught.
  const strangers: string[] = []
  const trap = createServer((connection) => {
    connection.on('error', () => undefined)
    connection.once('data', (data) => {
      const said = data.toString('latin1').slice(0, 300)
      // A browser asks by name; who asks for this machine's number mistook our port for an earlier one's.
      if (!/host: 127\.0\.0\.1/i.test(said)) strangers.push(said)
      connection.destroy()
    })
  })
  const port = await listening(server)
  const trapPort = await listening(trap)
  return {
    browser: browserTo(port, trapPort),
    strangers,
    /** The reports of one kind since the last `forget`. */
    told: (what: string) => reports.filter((each) => each.what === what),
    forget: () => void reports.splice(0),
    /** Modules the library asked for and the page does not have. */
    everUnknown: () => [...unknown],
    set world(next: World) {
      world = next
    },
    set broken(next: boolean) {
      broken = next
    },
    /** As `command`, for what the page cannot tell that it did. */
    order(name: string): void {
      socket?.send(JSON.stringify({ do: name }))
    },
    /** Makes something happen in the page. Resolves when it has happened. */
    async command(name: string, fields: object = {}): Promise<void> {
      const done = new Promise<void>((resolve) => {
        whenDone = resolve
      })
      socket?.send(JSON.stringify({ do: name, ...fields }))
      const inTime = await Promise.race([done.then(() => true), wait(5_000, false, { ref: false })])
      if (!inTime) throw new Error(`the page did not ${name}`)
    },
    async stop(): Promise<void> {
      for (const client of sockets.clients) client.terminate()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await new Promise((resolve) => trap.close(resolve))
    },
  }
}

/** Options that lead WhatsApp's name to a port of this machine, and every other name to another. */
export function browserTo(port: number, othersPort: number) {
  return {
    hostRules: [`MAP web.whatsapp.com 127.0.0.1:${port}`, `MAP * 127.0.0.1:${othersPort}`],
    browserArgs: ['--ignore-certificate-errors'],
  }
}

async function listening(server: ReturnType<typeof createServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}
