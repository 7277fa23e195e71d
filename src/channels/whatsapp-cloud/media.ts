import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Media, Outbound } from '../../message'
import { ChannelError } from '../channel'
import type { GraphOptions } from './graph'
import { failureOf } from './graph-error'
import { isPicture } from './outgoing'

const MIB = 1024 * 1024

/** Files of people that are taken, and their most bytes: what somebody listens to, looks at or reads at the INSS. */
const TAKEN: Record<string, number> = {
  'audio/aac': 16 * MIB,
  'audio/amr': 16 * MIB,
  'audio/mp4': 16 * MIB,
  'audio/mpeg': 16 * MIB,
  'audio/ogg': 16 * MIB,
  'image/jpeg': 5 * MIB,
  'image/png': 5 * MIB,
  'application/pdf': 16 * MIB,
}

/** Of files we send, after Meta's list of supported media types. */
const LARGEST_PICTURE = 5 * MIB
const LARGEST_DOCUMENT = 100 * MIB

/** Looking up, and downloading or uploading, each. */
const TIMEOUT_MS = 8_000

/** Where Meta keeps files; the token goes nowhere else. */
const META = /(^|\.)(fbsbx\.com|fbcdn\.net|facebook\.com|whatsapp\.net)$/

/**
 * `{"messaging_product":"whatsapp","url":"https://lookaside.fbsbx.com/…","mime_type":"audio/ogg; codecs=opus",
 * "sha256":"9f86d0…","file_size":18432,"id":"1013859600285441"}`
 */
const located = z.object({
  url: z.url(),
  mime_type: z.string(),
  sha256: z.string().optional().catch(undefined),
  file_size: z.coerce.number().optional().catch(undefined),
})

/** `{"id":"1013859600285442"}` */
const uploaded = z.object({ id: z.string().min(1) })

/** Files in and out: developers.facebook.com, WhatsApp, "Media". */
export function createMedia(options: GraphOptions) {
  const base = options.graphUrl.replace(/\/+$/, '')
  const headers = { authorization: `Bearer ${options.accessToken}` }

  /** A file a person sent. @throws ChannelError */
  async function fetchMedia(media: Media): Promise<{ content: Buffer; mimeType: string }> {
    largest(media.mimeType)
    const path = `${encodeURIComponent(media.id)}?phone_number_id=${options.phoneNumberId}`
    const answer = await call(`${base}/${path}`, { headers })
    const found = located.safeParse(jsonOf(await answer.text()))
    if (!found.success) throw new ChannelError('media_answer', 'final')
    const { url, mime_type, sha256, file_size } = found.data
    const most = largest(mime_type)
    if ((file_size ?? 0) > most) throw new ChannelError('media_too_large', 'final')
    const { hostname, protocol, origin } = new URL(url)
    const metas = protocol === 'https:' && META.test(hostname)
    if (!metas && origin !== new URL(base).origin) throw new ChannelError('media_elsewhere', 'final')
    const content = await download(await call(url, { headers }), most)
    if (!matches(content, sha256)) throw new ChannelError('media_damaged', 'retry')
    return { content, mimeType: mime_type }
  }

  /** Puts a file of ours at Meta's. @throws ChannelError @returns its id, for thirty days */
  async function upload(file: NonNullable<Outbound['file']>): Promise<string> {
    const content = Buffer.from(file.content, 'base64')
    const most = isPicture(file.mimeType) ? LARGEST_PICTURE : LARGEST_DOCUMENT
    if (content.length === 0 || content.length > most) throw new ChannelError('file_size', 'final')
    const body = new FormData()
    body.set('messaging_product', 'whatsapp')
    body.set('type', file.mimeType)
    body.set('file', new Blob([new Uint8Array(content)], { type: file.mimeType }), file.name)
    const address = `${base}/${options.phoneNumberId}/media`
    const answer = await call(address, { method: 'POST', headers, body })
    const found = uploaded.safeParse(jsonOf(await answer.text()))
    if (!found.success) throw new ChannelError('upload_answer', 'retry')
    return found.data.id
  }

  return { fetchMedia, upload }
}

/** A call that may be repeated: nothing is said to anybody by it. */
async function call(url: string, request: RequestInit): Promise<Response> {
  let answer: Response
  try {
    answer = await fetch(url, { ...request, signal: AbortSignal.timeout(TIMEOUT_MS) })
  } catch {
    throw new ChannelError('unreachable', 'retry')
  }
  if (answer.ok) return answer
  const body = await answer.text().catch(() => '')
  const failure = failureOf(answer.status, body, answer.headers.get('retry-after') ?? undefined)
  if (failure.failure !== 'unknown') throw failure
  throw new ChannelError(failure.code, 'retry')
}

/** Reads no further than the limit, whatever the length that was announced. */
async function download(answer: Response, most: number): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    for await (const chunk of answer.body ?? []) {
      length += chunk.length
      if (length > most) break
      chunks.push(chunk)
    }
  } catch {
    throw new ChannelError('cut', 'retry')
  }
  if (length > most) throw new ChannelError('media_too_large', 'final')
  return Buffer.concat(chunks)
}

/** @throws ChannelError when files of the kind are not taken */
function largest(mimeType: string): number {
  const bytes = TAKEN[mimeType.split(';')[0]?.trim().toLowerCase() ?? '']
  if (bytes === undefined) throw new ChannelError('media_kind', 'final')
  return bytes
}

/** Meta writes the digest in hexadecimal or base64; what is neither tells nothing. */
function matches(content: Buffer, sha256: string | undefined): boolean {
  if (sha256 === undefined) return true
  const hex = /^[0-9a-f]{64}$/i.test(sha256)
  if (!hex && !/^[\w+/-]{43}=?$/.test(sha256)) return true
  const expected = Buffer.from(sha256, hex ? 'hex' : 'base64')
  return createHash('sha256').update(content).digest().equals(expected)
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
