import { connect, createServer, type Socket } from 'node:net'

/**
 * HTTP/1.1 with as little work as it takes, so that what makes the load leaves the machine to what is measured. Only
 * for benchmarks on loopback: connections are kept, one request at a time on each, and bodies carry their length.
 */
export type Answered = { status: number; body: string }

/** A client of one port. */
export function createLeanClient(port: number) {
  const idle: Line[] = []
  const open = new Set<Line>()
  type Line = { socket: Socket; done?: (answered: Answered) => void }

  function openLine(): Line {
    const line: Line = { socket: connect({ port, host: '127.0.0.1', noDelay: true }) }
    open.add(line)
    const take = reader((head, body) => {
      const { done } = line
      delete line.done
      idle.push(line)
      done?.({ status: Number(head.slice(9, 12)), body: body.toString() })
    })
    line.socket.on('data', take)
    const lost = () => {
      open.delete(line)
      const place = idle.indexOf(line)
      if (place >= 0) idle.splice(place, 1)
      line.done?.({ status: 0, body: '' })
      delete line.done
    }
    line.socket.on('error', lost).on('close', lost)
    return line
  }

  return {
    /** @returns the answer; status 0 when there was none */
    post: (path: string, headers: Record<string, string | number>, body: string): Promise<Answered> =>
      new Promise((resolve) => {
        const line = idle.pop() ?? openLine()
        line.done = resolve
        let head = `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: ${Buffer.byteLength(body)}\r\n`
        for (const name in headers) if (name !== 'content-length') head += `${name}: ${headers[name]}\r\n`
        line.socket.write(`${head}\r\n${body}`)
      }),
    close: () => {
      for (const { socket } of open) socket.destroy()
    },
  }
}

/** A server that answers each POST with 200 and what `answer` makes of its body. */
export async function startLeanServer(answer: (path: string, body: string) => string) {
  const open = new Set<Socket>()
  const server = createServer({ noDelay: true }, (socket) => {
    open.add(socket)
    const take = reader((head, body) => {
      const text = answer(head.split(' ', 2)[1] ?? '', body.toString())
      const length = Buffer.byteLength(text)
      socket.write(
        `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n${text}`,
      )
    })
    socket.on('data', take).on('close', () => open.delete(socket))
    socket.on('error', () => socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        for (const socket of open) socket.destroy()
      }),
  }
}

/** Puts what arrives together into messages: calls back with the head and the body of each. */
function reader(whole: (head: string, body: Buffer) => void): (chunk: Buffer) => void {
  let kept: Buffer | undefined
  return (chunk) => {
    let bytes = kept === undefined ? chunk : Buffer.concat([kept, chunk])
    kept = undefined
    while (bytes.length > 0) {
      const end = bytes.indexOf('\r\n\r\n')
      const head = end < 0 ? '' : bytes.toString('latin1', 0, end)
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0)
      if (end < 0 || bytes.length < end + 4 + length) {
        kept = bytes
        return
      }
      whole(head, bytes.subarray(end + 4, end + 4 + length))
      bytes = bytes.subarray(end + 4 + length)
    }
  }
}
