import type { IncomingHttpHeaders } from 'node:http'
import { isTooDeep, type PostedActivity, postedActivity } from './activity'
import { DirectLineError } from './direct-line-error'

/** Direct Line's limit of all files of one upload. */
export const MAX_UPLOAD_BYTES = 4 * 1024 * 1024

const ACTIVITY_TYPE = 'application/vnd.microsoft.activity'
const MAX_FILES = 10

/**
 * Reads an upload: one raw file, or `multipart/form-data` with files and perhaps the activity they belong to.
 * The files are looked at and let go: the conversation hears of their kind and name only.
 */
export async function readUpload(headers: IncomingHttpHeaders, body: unknown): Promise<PostedActivity> {
  const contentType = headers['content-type'] ?? ''
  const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0)
  if (bytes.length === 0) throw new DirectLineError('MissingProperty')
  if (!contentType.toLowerCase().startsWith('multipart/form-data')) {
    const name = /filename="?([^";]+)"?/i.exec(headers['content-disposition'] ?? '')?.[1]
    return withFiles({ type: 'message' }, [{ type: contentType.split(';')[0]?.trim() ?? '', name }])
  }
  const { activity, files } = await readParts(contentType, bytes)
  if (files.length === 0 || files.length > MAX_FILES) throw new DirectLineError('UnsupportedFile')
  return withFiles(activity ?? { type: 'message' }, files)
}

type SentFile = { type: string; name: string | undefined }

async function readParts(contentType: string, bytes: Buffer) {
  const files: SentFile[] = []
  let activity: PostedActivity | undefined
  for (const [field, part] of await readForm(contentType, bytes)) {
    if (typeof part === 'string') {
      if (field === 'activity') activity = readActivity(part)
    } else if (part.type.startsWith(ACTIVITY_TYPE)) {
      activity = readActivity(await part.text())
    } else {
      files.push({ type: part.type, name: part.name })
    }
  }
  return { activity, files }
}

async function readForm(contentType: string, bytes: Buffer) {
  try {
    return await new Response(new Uint8Array(bytes), { headers: { 'content-type': contentType } }).formData()
  } catch {
    throw new DirectLineError('MalformedData')
  }
}

function readActivity(text: string): PostedActivity {
  try {
    const body: unknown = JSON.parse(text)
    if (!isTooDeep(body)) return postedActivity.parse(body)
  } catch {
    // Neither JSON nor an activity: the same refusal.
  }
  throw new DirectLineError('MalformedData')
}

function withFiles(activity: PostedActivity, files: SentFile[]): PostedActivity {
  const attachments = files.map(({ type, name }) => ({
    contentType: type === '' ? 'application/octet-stream' : type.slice(0, 200),
    ...(name === undefined ? {} : { name: name.slice(0, 300) }),
  }))
  return { ...activity, attachments }
}
