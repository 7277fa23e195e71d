import { z } from 'zod'
import type { Log } from './log'

export type Speech = {
  /** What is said in a recording; undefined when nobody can say, and the log has the code of why. */
  transcribe(audio: { content: Buffer; mimeType: string }): Promise<string | undefined>
}

/** The most WhatsApp takes for audio, and below what hosted services take. */
const MOST_BYTES = 16 * 1024 * 1024
const TIMEOUT_MS = 15_000
const MOST_ANSWER_BYTES = 256 * 1024

/** `{"text":"Quero saber quando cai o meu pagamento."}` */
const transcription = z.object({ text: z.string() })

/** Services go by the ending of the file's name. */
const endings: Record<string, string> = {
  'audio/ogg': 'ogg',
  'audio/opus': 'ogg',
  'audio/mpeg': 'mp3',
  'audio/mp3': 'mp3',
  'audio/mp4': 'm4a',
  'audio/m4a': 'm4a',
  'audio/x-m4a': 'm4a',
  'audio/aac': 'aac',
  'audio/amr': 'amr',
  'audio/wav': 'wav',
  'audio/x-wav': 'wav',
  'audio/webm': 'webm',
  'audio/flac': 'flac',
}

/**
 * Speech to text by any service that speaks the transcription call of OpenAI: theirs, or whisper.cpp,
 * faster-whisper-server, LocalAI on a machine of one's own.
 * https://platform.openai.com/docs/api-reference/audio/createTranscription
 * @param options.url base address, without `/v1`
 */
export function createSpeech(options: {
  url: string
  token: string | undefined
  model: string
  timeoutMs?: number
  log: Log
}): Speech {
  const address = `${options.url.replace(/\/+$/, '')}/v1/audio/transcriptions`

  function failed(code: string): undefined {
    options.log.warn({ code }, 'a recording was not understood')
  }

  async function transcribe({ content, mimeType }: { content: Buffer; mimeType: string }) {
    const type = mimeType.split(';')[0]?.trim().toLowerCase() ?? ''
    const ending = endings[type]
    if (ending === undefined) return failed('kind_not_taken')
    if (content.length === 0) return failed('empty')
    if (content.length > MOST_BYTES) return failed('too_large')
    const form = new FormData()
    form.set('file', new Blob([new Uint8Array(content)], { type }), `audio.${ending}`)
    form.set('model', options.model)
    form.set('language', 'pt')
    form.set('response_format', 'json')
    try {
      const response = await fetch(address, {
        method: 'POST',
        headers: options.token === undefined ? {} : { authorization: `Bearer ${options.token}` },
        body: form,
        redirect: 'error',
        signal: AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS),
      })
      if (!response.ok) {
        await response.body?.cancel()
        return failed(`http_${response.status}`)
      }
      const answer = transcription.safeParse(await readJson(response))
      if (!answer.success) return failed('bad_answer')
      const text = answer.data.text.trim()
      return text === '' ? failed('nothing_said') : text
    } catch (error) {
      return failed((error as Error).name === 'TimeoutError' ? 'timed_out' : 'unreachable')
    }
  }

  return { transcribe }
}

/** The body as JSON; undefined when it is none, or longer than any speech. */
async function readJson(response: Response): Promise<unknown> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length
    if (bytes > MOST_ANSWER_BYTES) return undefined
    chunks.push(chunk)
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch {
    return undefined
  }
}
