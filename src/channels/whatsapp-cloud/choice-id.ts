import type { Choice } from '../../message'

/** What WhatsApp takes as the id of a list's row; a button may have 256. */
const LONGEST_ID = 200

/**
 * The id of a button or row: it carries the question and the answer, so a choice pressed days later, when nobody
 * remembers the message, still says what it answers.
 */
export function choiceId(questionId: string | undefined, value: string): string {
  return `c:${encodeURIComponent(questionId ?? '')}:${value}`
}

/** What `choiceId` was made of; undefined when the id is none of ours. */
export function readChoiceId(id: string): { questionId?: string; value: string } | undefined {
  const found = /^c:([^:]*):(.+)$/s.exec(id)
  if (found === null) return undefined
  const [, encoded = '', value = ''] = found
  try {
    return { value, ...(encoded !== '' && { questionId: decodeURIComponent(encoded) }) }
  } catch {
    return undefined
  }
}

/** Whether each of these choices can be shown as one to press, and told by its id when it was. */
export function canBePressed(choices: Choice[], questionId: string | undefined): boolean {
  const ids = choices.map((choice) => choiceId(questionId, choice.value))
  const usable = choices.every(({ title, value }, index) => {
    const id = ids[index] ?? ''
    const whole = value !== '' && value.trim() === value && wellFormed(id)
    return whole && title.trim() !== '' && id.length <= LONGEST_ID
  })
  return usable && new Set(ids).size === ids.length
}

/** Half of a character of two units would not survive the way to WhatsApp and back. */
function wellFormed(text: string): boolean {
  return Buffer.from(text, 'utf8').toString('utf8') === text
}
