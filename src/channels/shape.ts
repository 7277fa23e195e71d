import type { Bubble, Choice } from '../message'
import { t } from '../text'

export type ShapeRules = {
  /** Most characters (UTF-16 units) of one message. */
  text: number
  /** Most characters when choices are shown as buttons or list, or a link as a button; by default `text`. */
  textWithChoices?: number
  /** Reply buttons: how many at most, and how long a title. */
  buttons?: { most: number; title: number }
  /** A list: how many rows, how long a row's title; a longer title goes whole into the description when it fits there. */
  list?: { most: number; title: number; description: number }
  /** Bubbles of a turn are joined (blank line between) while they fit. */
  join: boolean
  /** How a link is written: on its own line ("Title: url", the default), or kept on the bubble for a button when the bubble has no choices. */
  link?: 'line' | 'button'
}

/**
 * Arranges the bubbles of one turn so that each is one message within the rules. Nothing said is lost: what is too
 * long is split (paragraph, line, sentence, word), and choices no button or list can show become numbered lines.
 * Only the last message asks. Shaping what is shaped changes nothing.
 */
export function shape(bubbles: Bubble[], rules: ShapeRules): Bubble[] {
  const [only] = bubbles
  if (only !== undefined && bubbles.length === 1 && isShaped(only, rules)) return bubbles
  const written = write(bubbles, rules)
  const pieces = written.flatMap((bubble) => split(bubble, rules))
  return rules.join ? join(pieces, rules) : pieces
}

/** What is sent was shaped when it was said, so most of what comes here is as it should be. */
function isShaped(bubble: Bubble, rules: ShapeRules): boolean {
  const { text, link, choices } = bubble
  if (link !== undefined || text === '' || text.length > limitOf(bubble, rules) || UNTIDY.test(text))
    return false
  return choices === undefined || canBeShown(choices, rules)
}

function canBeShown(choices: Choice[], rules: ShapeRules): boolean {
  const distinct = new Set(choices.map((choice) => choice.title)).size === choices.length
  return choices.length > 0 && distinct && (fitsButtons(choices, rules) || fitsList(choices, rules))
}

function fitsButtons(choices: Choice[], { buttons }: ShapeRules): boolean {
  return (
    buttons !== undefined &&
    choices.length <= buttons.most &&
    choices.every((choice) => choice.title.length <= buttons.title)
  )
}

function fitsList(choices: Choice[], { list }: ShapeRules): boolean {
  return (
    list !== undefined &&
    choices.length <= list.most &&
    choices.every((choice) => choice.title.length <= Math.max(list.title, list.description))
  )
}

/** Links and choices in the form these rules show them, and the question at the end of the turn. */
function write(bubbles: Bubble[], rules: ShapeRules): Bubble[] {
  const asking = bubbles.findLastIndex(asks)
  const question = questionOf(bubbles[asking])
  const said = bubbles
    .map(({ text, link, choices = [] }, index): Bubble => {
      if (index === asking || choices.length === 0) return { text: tidy(text), ...(link && { link }) }
      // The choices of a question that was overtaken are said, but not numbered: a number answers the open one.
      const titles = choices.map((choice) => choice.title)
      return { text: withLines(tidy(text), [...(link ? [lineOf(link)] : []), ...titles]) }
    })
    .filter((bubble) => bubble.text !== '' || bubble.link !== undefined)
  if (said.length === 0 && question?.choices === undefined) return []
  const last: Bubble = { ...(said.pop() ?? { text: '' }), ...question }
  return [...said, last].map((bubble) => choicesWritten(linkWritten(bubble, rules), rules))
}

function asks(bubble: Bubble): boolean {
  return bubble.questionId !== undefined || bubble.expects !== undefined || (bubble.choices ?? []).length > 0
}

function questionOf(bubble: Bubble | undefined): Omit<Bubble, 'text'> | undefined {
  if (bubble === undefined) return undefined
  const { choices, expects, questionId } = bubble
  return {
    ...(choices && choices.length > 0 && { choices }),
    ...(expects !== undefined && { expects }),
    ...(questionId !== undefined && { questionId }),
  }
}

function linkWritten(bubble: Bubble, rules: ShapeRules): Bubble {
  const { link, ...rest } = bubble
  if (link === undefined) return bubble
  const fits = rules.buttons === undefined || link.title.length <= rules.buttons.title
  if (rules.link === 'button' && fits && bubble.choices === undefined && bubble.text !== '') return bubble
  return { ...rest, text: withLines(bubble.text, [lineOf(link)]) }
}

function lineOf(link: { title: string; url: string }): string {
  return `${link.title}: ${link.url}`
}

function choicesWritten(bubble: Bubble, rules: ShapeRules): Bubble {
  const { choices, ...rest } = bubble
  if (choices === undefined) return bubble
  if (bubble.text !== '' && canBeShown(choices, rules)) return bubble
  return { ...rest, text: withLines(bubble.text, numbered(choices)) }
}

/** The dialogs take a number as an answer only where there is something to choose from. */
function numbered(choices: Choice[]): string[] {
  const [first] = choices
  if (choices.length === 1 && first !== undefined) return [t('format.or_answer', { choice: first.title })]
  return choices.map((choice, index) => `${index + 1}. ${choice.title}`)
}

function withLines(text: string, lines: string[]): string {
  return [text, ...lines.map(tidy)].filter((line) => line !== '').join('\n')
}

/** What `tidy` would change. */
const UNTIDY = /^\s|\s$|[^\S\n ]| {2}| \n|\n |\n\n\n/

/** Single spaces and at most one empty line, so that a text split and joined again is the same text. */
function tidy(text: string): string {
  if (!UNTIDY.test(text)) return text
  return text
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}

/** The bubble as messages that fit; what is asked or linked stays with the last, and with as much text as fits. */
function split(bubble: Bubble, rules: ShapeRules): Bubble[] {
  const { text, ...rest } = bubble
  const limit = limitOf(bubble, rules)
  if (text.length <= limit) return [bubble]
  const ends = Object.keys(rest).length > 0
  if (!ends) return forward(text, rules.text).map((piece) => ({ text: piece }))
  const { head, tail } = cutTail(text, limit)
  return [...forward(head, rules.text).map((piece) => ({ text: piece })), { ...rest, text: tail }]
}

function limitOf(bubble: Bubble, rules: ShapeRules): number {
  const interactive = bubble.choices !== undefined || bubble.link !== undefined
  return interactive ? Math.min(rules.text, rules.textWithChoices ?? rules.text) : rules.text
}

function join(pieces: Bubble[], rules: ShapeRules): Bubble[] {
  const joined: Bubble[] = []
  for (const piece of pieces) {
    const before = joined.at(-1)
    // A button of a link stands below its own text.
    if (before === undefined || before.link !== undefined) {
      joined.push(piece)
      continue
    }
    const text = `${before.text}\n\n${piece.text}`
    if (text.length <= limitOf(piece, rules)) joined.splice(-1, 1, { ...piece, text })
    else joined.push(piece)
  }
  return joined
}

/**
 * Where a text may be cut, best first. A sentence ends before a capital, so "art. 15" stays whole, and a number
 * stays with its choice and "R$" with its amount.
 */
const breaks = [
  /\n\n/g,
  /\n/g,
  /(?<=[.!?…]["')]?)(?<!^\d{1,2}\.)\s+(?=["'(]?\p{Lu})/gmu,
  /(?<!^\d{1,2}\.)(?<!R\$)\s/gm,
  /\s/g,
]

function forward(text: string, limit: number): string[] {
  const pieces: string[] = []
  let rest = text
  while (rest.length > limit) {
    const inWord = wholeCharacters(rest, limit)
    const [end, next] = placesIn(rest, (start) => start <= limit).at(-1) ?? [inWord, inWord]
    pieces.push(rest.slice(0, end))
    rest = rest.slice(next)
  }
  return rest === '' ? pieces : [...pieces, rest]
}

function cutTail(text: string, limit: number): { head: string; tail: string } {
  const [place] = placesIn(text, (_, end) => text.length - end <= limit)
  if (place !== undefined) return { head: text.slice(0, place[0]), tail: text.slice(place[1]) }
  const cut = text.length - limit
  const end = isPairAt(text, cut - 1) ? cut + 1 : cut
  return { head: text.slice(0, end), tail: text.slice(end) }
}

/** Start and end of each gap of the best kind that is found at an acceptable place. */
function placesIn(text: string, fits: (start: number, end: number) => boolean): [number, number][] {
  for (const pattern of breaks) {
    const places = [...text.matchAll(pattern)]
      .map((gap): [number, number] => [gap.index, gap.index + gap[0].length])
      .filter(([start, end]) => start > 0 && end < text.length && fits(start, end))
    if (places.length > 0) return places
  }
  return []
}

/** A word longer than a whole message is cut, but never inside a character of two units. */
function wholeCharacters(text: string, limit: number): number {
  return isPairAt(text, limit - 1) ? limit - 1 : limit
}

function isPairAt(text: string, index: number): boolean {
  return (text.codePointAt(index) ?? 0) > 0xffff
}
