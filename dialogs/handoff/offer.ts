import { deadline, moment } from '../../src/format'
import type { Inbound } from '../../src/message'
import { type Meaning, readChoice, readYesNo } from '../../src/nlu/index'
import { type TextKey, t } from '../../src/text'
import { fold } from '../readings'
import type { DeskOffer, Say } from '../service'
import type { OpenOffer, Option } from './state'

/** From this many minutes on, being called back is named before waiting. */
const LONG_WAIT_MINUTES = 40

export function titleOf(option: Option): string {
  return t(`handoff.choice_${option}` as TextKey)
}

/** Whether somebody who joins the line now will be attended. */
export function lineIsOpen(offer: DeskOffer): boolean {
  return offer.open && !offer.down && offer.people > 0
}

/** What can honestly be offered, in words, and the answers there are. `off`: there is no assistant to go back to. */
export function offerInWords(
  offer: DeskOffer,
  today: string,
  off: boolean,
): { say: Say[]; options: Option[] } {
  const by = deadline(offer.callbackBy, today)
  const no: Option = off ? 'not_now' : 'go_on'
  if (!lineIsOpen(offer)) {
    return {
      say: [closedInWords(offer, today), t('handoff.callback_question', { by })],
      options: ['callback', no],
    }
  }
  const long = (offer.waitMinutes?.[1] ?? 0) >= LONG_WAIT_MINUTES
  const line = [
    t('handoff.offer'),
    offer.ahead === 0 ? t('handoff.next') : t('handoff.ahead', { ahead: offer.ahead }),
    ...waitInWords(offer),
  ]
  return {
    say: [line.join(' '), t('handoff.how', { by })],
    options: long ? ['callback', 'wait', no] : ['wait', 'callback', no],
  }
}

function closedInWords(offer: DeskOffer, today: string): string {
  if (!offer.open && !offer.down)
    return t('handoff.out_of_hours', { opens: moment(offer.nextOpening, today) })
  const why = t(offer.down ? 'handoff.down' : 'handoff.nobody')
  return offer.open ? `${why} ${t('handoff.or_call')}` : why
}

function waitInWords({ ahead, waitMinutes }: DeskOffer): string[] {
  if (waitMinutes === undefined) return ahead === 0 ? [] : [t('handoff.wait_unknown')]
  const [low, high] = waitMinutes
  const key = high >= LONG_WAIT_MINUTES ? 'handoff.wait_long' : 'handoff.wait_range'
  if (low >= 1 && low < high) return [t(key, { low, high })]
  return [t('handoff.wait_about', { minutes: Math.max(1, high) })]
}

/** Longer than this is not only an answer to an offer. */
const MOST_WORDS = 8

/** Intents that name no subject of their own. */
const SMALL_TALK = /^(?:yes|no|thanks|goodbye|greeting|cancel|go_back|repeat|help_menu|human_agent)$/

const bySpoken: [RegExp, Option][] = [
  [/\bnao me (?:chame|escreva|ligue)\w*|\bcancel\w*/, 'cancel_callback'],
  [/\bnao (?:quero|vou|posso|da para|aguento) (?:mais )?(?:esperar|ficar esperando)/, 'callback'],
  [/\bdepois\b|\bretorn\w*|\bmais tarde\b|\bme (?:chame|chama|liga|ligue|escreva)\w*/, 'callback'],
  [/\besper\w*|\baguard\w*|\bfila\b/, 'wait'],
  // With no line to wait in, whoever waits waits to be called.
  [/\b(?:espero|aguardo|vou (?:esperar|aguardar)|posso (?:esperar|aguardar))\b/, 'callback'],
  [/\bvolt\w*|\bassistente\b|\bcontinu\w*|\bdeixa\b|\bcancel\w*|\bdesist\w*/, 'go_on'],
]

/** The answer to an offer; undefined when what was said stands for itself. */
export function readOffer(
  inbound: Inbound & { kind: 'text' },
  meaning: Meaning,
  { questionId, options }: Pick<OpenOffer, 'questionId' | 'options'>,
): Option | undefined {
  if (inbound.questionId !== undefined && inbound.questionId !== questionId) return undefined
  const titles = options.map(titleOf)
  const text = inbound.text.trim()
  const same = options[titles.indexOf(text)]
  if (same !== undefined) return same
  const words = text.split(/\s+/).length
  const figures = /\d/.test(text)
  if (words > MOST_WORDS || (figures && !/^\W*\d\W*$/.test(text))) return undefined
  const said = fold(text)
  const [first, last] = [options[0], options.at(-1)]
  const spoken = bySpoken.find(([sign, option]) => sign.test(said) && options.includes(option))?.[1]
  if (spoken !== undefined) return spoken
  const subject =
    meaning.understood && words > 3 && meaning.intents.some((intent) => !SMALL_TALK.test(intent))
  // "Descontaram de uma associação que nunca vi" has a no in it, and is no answer.
  const reading = readYesNo(text)
  if (reading.certainty === 'sure' && !subject) return reading.value ? first : last
  if (meaning.intent === 'human_agent' && meaning.understood) return first === 'keep' ? undefined : first
  // "O que eu faço agora?" shares a word with "Agora não".
  if (text.includes('?')) return undefined
  const other = meaning.understood && meaning.intents.some((intent) => !/^(?:yes|no)$/.test(intent))
  const choice = readChoice(text, titles)
  return choice.certainty === 'sure' && (figures || words <= 2 || !other) ? options[choice.value] : undefined
}
