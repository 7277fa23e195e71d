import { createHash } from 'node:crypto'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { faultOf } from './graph-rules'
import { GRAPH, post, type Sent, statusOf, statusWebhook } from './webhooks'

export { GRAPH, messageWebhook, post, type Sent, signedWebhook } from './webhooks'

/**
 * How one request is answered. `accepted` tells whether the message goes out all the same; what is cut, silent or
 * rubbish leaves the client in the dark about that.
 */
export type Answer =
  | 'normal'
  | { error: number; status?: number; retryAfter?: string }
  | { status: number; body?: string; retryAfter?: string; accepted?: boolean }
  | { how: 'cut' | 'silent' | 'rubbish'; accepted: boolean }

export type StatusPlan = {
  /** Our webhook: where the statuses are posted. */
  url: string
  secret?: string
  /** By default sent, delivered and read, in this order. */
  statuses?: ('sent' | 'delivered' | 'read' | 'failed')[]
  /** Code of a `failed` status. */
  code?: number
  /** All statuses of a message in one webhook, instead of one each. */
  together?: boolean
  delayMs?: (sent: Sent, index: number) => number
  /** The statuses of one message in the order they are posted. */
  order?: (statuses: string[]) => string[]
  /** How often each webhook is posted, although it was taken. */
  copies?: number
  /** A webhook that is not answered by 200 is posted again after this long, at most ten times. */
  retryMs?: number
}

export type GraphServer = Awaited<ReturnType<typeof startGraphServer>>

/**
 * Meta's Graph API as far as WhatsApp messages go, strict about every limit. It forgets nothing unless `keep` is
 * false, and answers as `answer` says (by default normally) after `latencyMs`.
 */
export async function startGraphServer(
  options: {
    keep?: boolean
    latencyMs?: number
    statuses?: StatusPlan
    onMessage?: (sent: Sent) => void
  } = {},
) {
  const { keep = true, latencyMs = 0 } = options
  const agent = new http.Agent({ keepAlive: true, maxSockets: 64 })
  const sends: Sent[] = []
  const perRecipient = new Map<string, Sent[]>()
  const reads: { messageId: string; typing: boolean }[] = []
  const refused: { code: number; why: string }[] = []
  const media = new Map<string, { content: Buffer; mimeType: string; name: string }>()
  const planned: Answer[] = []
  const counts = { requests: 0, accepted: 0, webhooks: 0, webhooksLost: 0 }
  let pendingWebhooks = 0
  let idle: (() => void)[] = []
  const server = http.createServer({ keepAliveTimeout: 30_000 }, (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)
      if (latencyMs === 0) handle(request, response, body)
      else setTimeout(handle, latencyMs, request, response, body)
    })
    request.on('error', () => undefined)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const graph = {
    /** What `WHATSAPP_GRAPH_URL` is set to. */
    url: `${origin}/v25.0`,
    /** Accepted messages in order of arrival. */
    sends,
    /** Accepted messages of one recipient in order of arrival. */
    sentTo: (recipient: string): Sent[] => perRecipient.get(recipient) ?? [],
    /** Read marks in order of arrival. */
    reads,
    /** Requests that broke a rule. */
    refused,
    counts,
    /** Says how a message is answered; what `next` queued comes before. */
    answer: (_body: Record<string, unknown>): Answer => 'normal',
    /** How the next messages are answered, one each. */
    next: (...answers: Answer[]) => void planned.push(...answers),
    onMessage: options.onMessage,
    statuses: options.statuses,
    /** A file a person sent, to be fetched. @returns its id */
    putMedia(
      content: Buffer,
      mimeType: string,
      details: { sha256?: string; fileSize?: number; url?: string } = {},
    ) {
      const id = `${7000 + media.size}`
      media.set(id, { content, mimeType, name: '' })
      mediaDetails.set(id, details)
      return id
    },
    /** A file that was uploaded. */
    upload: (id: string) => media.get(id),
    /** Posts the statuses of a message, by the given plan or the server's own. */
    postStatuses,
    /** Resolves when no webhook is on its way any more. */
    settled: () => new Promise<void>((resolve) => (pendingWebhooks === 0 ? resolve() : idle.push(resolve))),
    async stop() {
      agent.destroy()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  const mediaDetails = new Map<string, { sha256?: string; fileSize?: number; url?: string }>()

  function handle(request: http.IncomingMessage, response: http.ServerResponse, bytes: Buffer) {
    counts.requests += 1
    const url = request.url ?? ''
    if (request.headers.authorization !== `Bearer ${GRAPH.accessToken}`)
      return refuse(response, 190, 'token', 401)
    if (request.method === 'POST' && url === `/v25.0/${GRAPH.phoneNumberId}/messages`) {
      return handleMessage(request, response, bytes)
    }
    if (request.method === 'POST' && url === `/v25.0/${GRAPH.phoneNumberId}/media`) {
      return void handleUpload(request, response, bytes)
    }
    if (request.method === 'GET') return handleMedia(response, url)
    refuse(response, 100, 'no such address', 404)
  }

  function handleMessage(request: http.IncomingMessage, response: http.ServerResponse, bytes: Buffer) {
    let body: Record<string, unknown>
    try {
      body = JSON.parse(bytes.toString('utf8')) as Record<string, unknown>
    } catch {
      return refuse(response, 100, 'not JSON')
    }
    if (!(request.headers['content-type'] ?? '').startsWith('application/json')) {
      return refuse(response, 100, 'content type')
    }
    const fault = faultOf(body, (id) => media.has(id))
    if (fault !== undefined) return refuse(response, fault.code, fault.why)
    if (body.status === 'read') {
      if (keep)
        reads.push({ messageId: String(body.message_id), typing: body.typing_indicator !== undefined })
      return say(response, 200, '{"success":true}')
    }
    const answer = planned.shift() ?? graph.answer(body)
    if (answer === 'normal') return say(response, 200, acceptedAnswer(accept(body)))
    if ('error' in answer) {
      const status = answer.status ?? (THROTTLING.has(answer.error) ? 429 : 400)
      return say(response, status, graphError(answer.error, 'as planned'), answer.retryAfter)
    }
    const sent = answer.accepted === true ? accept(body) : undefined
    if ('status' in answer) {
      const text = answer.body ?? (sent !== undefined ? acceptedAnswer(sent) : 'upstream fault')
      return say(response, answer.status, text, answer.retryAfter)
    }
    if (answer.how === 'cut') request.socket.destroy()
    else if (answer.how === 'rubbish') say(response, 200, '<html>ok</html>')
  }

  function accept(body: Record<string, unknown>): Sent {
    const recipient = (body.to ?? body.recipient) as string
    counts.accepted += 1
    const sent: Sent = {
      wamid: `wamid.OUT${counts.accepted}`,
      recipient,
      correlation: body.biz_opaque_callback_data as string | undefined,
      body,
      at: performance.now(),
    }
    if (keep) {
      sends.push(sent)
      const before = perRecipient.get(recipient)
      if (before === undefined) perRecipient.set(recipient, [sent])
      else before.push(sent)
    }
    graph.onMessage?.(sent)
    if (graph.statuses !== undefined) postStatuses(sent, graph.statuses)
    return sent
  }

  async function handleUpload(request: http.IncomingMessage, response: http.ServerResponse, bytes: Buffer) {
    const contentType = request.headers['content-type'] ?? ''
    const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': contentType } })
      .formData()
      .catch(() => undefined)
    const file = form?.get('file')
    if (form?.get('messaging_product') !== 'whatsapp' || file === null || typeof file !== 'object') {
      return refuse(response, 100, 'upload')
    }
    const content = Buffer.from(await file.arrayBuffer())
    const id = `${9000 + media.size}`
    media.set(id, { content, mimeType: file.type, name: file.name })
    say(response, 200, JSON.stringify({ id }))
  }

  function handleMedia(response: http.ServerResponse, url: string) {
    const path = url.split('?')[0] ?? ''
    const id = path.slice(path.lastIndexOf('/') + 1)
    const found = media.get(id)
    if (found === undefined) return refuse(response, 100, 'no such media', 404)
    if (path.startsWith('/download/')) {
      response.writeHead(200, { 'content-type': found.mimeType })
      response.end(found.content)
      return
    }
    const { sha256, fileSize, url: elsewhere } = mediaDetails.get(id) ?? {}
    const answer = {
      messaging_product: 'whatsapp',
      url: elsewhere ?? `${origin}/download/${id}`,
      mime_type: found.mimeType,
      sha256: sha256 ?? createHash('sha256').update(found.content).digest('hex'),
      file_size: fileSize ?? found.content.length,
      id,
    }
    say(response, 200, JSON.stringify(answer))
  }

  function refuse(response: http.ServerResponse, code: number, why: string, status = 400) {
    refused.push({ code, why })
    say(response, status, graphError(code, why))
  }

  function postStatuses(sent: Sent, plan: StatusPlan) {
    const { statuses = ['sent', 'delivered', 'read'], order = (them) => them, copies = 1 } = plan
    const ordered = order([...statuses])
    const groups = plan.together === true ? [ordered] : ordered.map((status) => [status])
    for (const [index, group] of groups.entries()) {
      const body = statusWebhook(group.map((status) => statusOf(sent, status, plan.code)))
      for (let copy = 0; copy < copies; copy++) {
        pendingWebhooks += 1
        setTimeout(deliver, plan.delayMs?.(sent, index) ?? 0, plan, body, 10)
      }
    }
  }

  function deliver(plan: StatusPlan, body: string, triesLeft: number) {
    void post(plan.url, body, plan.secret ?? GRAPH.appSecret, agent).then((status) => {
      if (status !== 200 && plan.retryMs !== undefined && triesLeft > 0) {
        setTimeout(deliver, plan.retryMs, plan, body, triesLeft - 1)
        return
      }
      if (status === 200) counts.webhooks += 1
      else counts.webhooksLost += 1
      pendingWebhooks -= 1
      if (pendingWebhooks > 0) return
      for (const resolve of idle) resolve()
      idle = []
    })
  }

  return graph
}

const THROTTLING = new Set([4, 80007, 130429, 131048, 131056, 133016])

function say(response: http.ServerResponse, status: number, body: string, retryAfter?: string): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=UTF-8',
    'content-length': Buffer.byteLength(body),
    ...(retryAfter !== undefined && { 'retry-after': retryAfter }),
  })
  response.end(body)
}

function acceptedAnswer(sent: Sent): string {
  const digits = /^\d+$/.test(sent.recipient)
  const contact = `{"input":"${sent.recipient}","${digits ? 'wa_id' : 'user_id'}":"${sent.recipient}"}`
  return `{"messaging_product":"whatsapp","contacts":[${contact}],"messages":[{"id":"${sent.wamid}"}]}`
}

function graphError(code: number, why: string): string {
  return JSON.stringify({
    error: {
      message: `(#${code}) ${why}`,
      type: 'OAuthException',
      code,
      error_data: { messaging_product: 'whatsapp', details: why },
      fbtrace_id: 'Atrace',
    },
  })
}
