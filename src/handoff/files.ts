import type { ChannelId } from '../message'

/** Files an agent may send: what every telephone opens, with the bytes each begins with. */
const beginnings: Record<string, number[]> = {
  'application/pdf': [0x25, 0x50, 0x44, 0x46, 0x2d],
  'image/jpeg': [0xff, 0xd8, 0xff],
  'image/png': [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
}

/** Direct Line takes 4 MB, and a message that waits is kept whole. */
export const MOST_FILE_BYTES = 4 * 1024 * 1024

const channelsWithFiles: readonly ChannelId[] = ['web', 'whatsapp-cloud', 'whatsapp-web']

/** The media types a channel can carry to the person; none on SMS. */
export function fileTypesOf(channel: ChannelId): string[] {
  return channelsWithFiles.includes(channel) ? Object.keys(beginnings) : []
}

/** Whether the bytes are what the type says. */
export function isOfType(mimeType: string, content: Buffer): boolean {
  const beginning = beginnings[mimeType]
  return beginning?.every((byte, index) => content[index] === byte) ?? false
}

/** A name that is safe to show and to save under, with the ending of its type. */
export function safeName(name: string, mimeType: string): string {
  const ending = mimeType === 'image/jpeg' ? 'jpg' : (mimeType.split('/')[1] ?? 'bin')
  const stem = name
    .replace(/\.[^.]*$/, '')
    .normalize('NFC')
    .replace(/[^\p{L}\p{N} _-]+/gu, '_')
    .trim()
    .slice(0, 80)
  return `${stem === '' ? 'arquivo' : stem}.${ending}`
}
