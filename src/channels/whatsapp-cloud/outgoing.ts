import type { Bubble, Choice, Outbound } from '../../message'
import { t } from '../../text'
import { ChannelError } from '../channel'
import { type ShapeRules, shape } from '../shape'
import { canBePressed, choiceId } from './choice-id'

/** Meta's limits of text and interactive messages (developers.facebook.com, WhatsApp, "Messages"). */
const BUTTONS = { most: 3, title: 20 }
const ROW_TITLE = 24
const RULES: ShapeRules = {
  text: 4096,
  textWithChoices: 1024,
  buttons: BUTTONS,
  list: { most: 10, title: ROW_TITLE, description: 72 },
  join: true,
  // Never as a button: WhatsApp opens its page inside the app, where gov.br allows no login and a login of the
  // browser is not known. An address in the text opens the browser.
  link: 'line',
}
const CAPTION = 1024

/** The bubbles of a turn as WhatsApp messages. */
export function shapeForWhatsApp(bubbles: Bubble[]): Bubble[] {
  const { buttons, list, ...plain } = RULES
  const pressable = bubbles.every((bubble) => canBePressed(bubble.choices ?? [], bubble.questionId))
  return shape(bubbles, { ...plain, ...(pressable && { buttons, list }) })
}

type Content = { type: string; [type: string]: unknown }

/**
 * The part of a request that says something: `{"type":"text","text":{…}}`. What does not fit in buttons or a list
 * is written as text, so a message that was never shaped is shown whole too.
 * @param fileId what the upload of `message.file` is called
 * @throws ChannelError when there is too much text for one message
 */
export function contentOfMessage(message: Outbound, fileId?: string): Content {
  if (message.file !== undefined && fileId !== undefined) return fileContent(message, message.file, fileId)
  const [bubble = message, ...more] = shapeForWhatsApp([message])
  if (more.length > 0) throw new ChannelError('message_too_long', 'final')
  const { text, choices, questionId } = bubble
  if (choices !== undefined) {
    const small =
      choices.length <= BUTTONS.most && choices.every(({ title }) => title.length <= BUTTONS.title)
    const action = small ? buttonsOf(choices, questionId) : listOf(choices, questionId)
    return { type: 'interactive', interactive: { ...action, body: { text } } }
  }
  return { type: 'text', text: { body: text, preview_url: false } }
}

/** A template in Portuguese with the parameters of its body. */
export function templateContent(name: string, parameters: string[]): Content {
  // Meta refuses a parameter that is empty, or with line breaks or long gaps.
  const texts = parameters.map((text) => ({ type: 'text', text: text.replace(/\s+/g, ' ').trim() || '-' }))
  const components = texts.length === 0 ? {} : { components: [{ type: 'body', parameters: texts }] }
  const language = { code: 'pt_BR', policy: 'deterministic' }
  return { type: 'template', template: { name, language, ...components } }
}

function fileContent(message: Outbound, file: NonNullable<Outbound['file']>, id: string): Content {
  const { choices, ...rest } = message
  const [bubble, ...more] = shape([{ ...rest, ...(choices && { choices }) }], { text: CAPTION, join: true })
  if (more.length > 0) throw new ChannelError('caption_too_long', 'final')
  const caption = bubble === undefined || bubble.text === '' ? {} : { caption: bubble.text }
  if (isPicture(file.mimeType)) return { type: 'image', image: { id, ...caption } }
  return { type: 'document', document: { id, filename: file.name, ...caption } }
}

/** Whether WhatsApp shows such a file as a picture; any other goes as a document. */
export function isPicture(mimeType: string): boolean {
  return mimeType === 'image/jpeg' || mimeType === 'image/png'
}

function buttonsOf(choices: Choice[], questionId: string | undefined) {
  const buttons = choices.map(({ title, value }) => ({
    type: 'reply',
    reply: { id: choiceId(questionId, value), title },
  }))
  return { type: 'button', action: { buttons } }
}

function listOf(choices: Choice[], questionId: string | undefined) {
  const titles = rowTitles(choices.map((choice) => choice.title))
  const rows = choices.map(({ title, value }, index) => ({
    id: choiceId(questionId, value),
    title: titles[index],
    ...(titles[index] !== title && { description: title }),
  }))
  return { type: 'list', action: { button: t('whatsapp.list_button'), sections: [{ rows }] } }
}

/** Titles as long as a row's may be. A longer one is whole in the description, and here told from its like by a number. */
function rowTitles(titles: string[]): string[] {
  const short = titles.map((title) => shortened(title, ROW_TITLE))
  if (new Set(short).size === titles.length) return short
  return titles.map((title, index) => shortened(`${index + 1}. ${title}`, ROW_TITLE))
}

function shortened(title: string, most: number): string {
  if (title.length <= most) return title
  const cut = title.slice(0, most - 1)
  const word = cut.lastIndexOf(' ')
  const start = word > most / 2 ? cut.slice(0, word) : cut
  // Half a character of two units is not shown.
  return `${start.replace(/[\uD800-\uDBFF]$/, '').trimEnd()}…`
}
