import type { DialogContext } from 'botbuilder-dialogs'
import { type TextKey, t } from '../../src/text'
import { answerIntent, rightsFirst, serviceOf } from '../answers'
import { noticesByWords } from '../notices/words'
import { fold } from '../readings'
import type { Say } from '../service'
import { say, turnOf } from '../turn-context'
import { quickAnswer } from './explain'
import { offerPerson } from './person'

/** `started`: something else is asked now, and the open question comes again after it. */
export type Interruption = 'cancel' | 'go_back' | 'ask_again' | 'why' | 'help' | 'started' | undefined

/** A command weaker than this is read as an answer first. */
const COMMAND_CONFIDENCE = 0.6
/** A digression interrupts a form, so it must be clearer than an opening sentence. */
const DIGRESSION_CONFIDENCE = 0.55

/** Words that can only be meant for us, whatever was asked. */
const PLAIN_ORDER = /\b(cancel\w*|desist\w*|esquece\w*|volt\w*|atendente|pessoa|humano|alguem)\b/
/** One word changes the subject only when it names another. */
const SUBJECT =
  /^(pagamentos?|calendario|pedidos?|protocolo|simul\w*|aposentadoria|maternidade|(?:muito )?(?:obrigad[oa]|brigad[oa]|valeu|vlw)|tchau|oi|ola|menu)$/

/** Words that answer or steer; they never change the subject. */
const noDigression = new Set(['yes', 'no', 'cancel', 'go_back', 'repeat', 'human_agent'])

/**
 * Looks at a message that came while a question is open. `command` is asked before the answer is read, and knows
 * only what must always work; `digression` after it could not be read.
 */
export async function interrupt(
  dc: DialogContext,
  options: { topic: 'command' | 'digression'; service: TextKey; readable?: boolean },
): Promise<Interruption> {
  const turn = turnOf(dc.context)
  const { meaning } = turn
  if (meaning === undefined) return undefined
  if (options.topic === 'command')
    return command(dc, meaning.intent, meaning.confidence, meaning.text, options.readable ?? false)
  const quick = quickAnswer(meaning.text, turn.context)
  if (quick !== undefined) {
    turn.outcome = 'repair_digressed'
    await say(dc.context, [quick])
    return 'ask_again'
  }
  const notices = noticesByWords(meaning.text)
  if (notices !== undefined) {
    return switchTo(dc, { id: notices.service, facts: notices.facts }, options.service)
  }
  if (!meaning.understood || meaning.confidence < DIGRESSION_CONFIDENCE) return undefined
  // "28 anos" or "dia 5" answers something, even if not this; it does not change the subject.
  if (/\d/.test(meaning.text) && meaning.text.split(' ').length <= 3) return undefined
  if (noDigression.has(meaning.intent)) return undefined
  // "Sou MEI" tells something, even if not what was asked; nobody is told that it is no matter of the INSS.
  if (meaning.intent === 'out_of_scope' && Object.keys(meaning.mentions).length > 0) return undefined
  const [word, second] = fold(meaning.text)
    .split(/\W+/)
    .filter((each) => each !== '')
  if (second === undefined && !SUBJECT.test(word ?? '')) return undefined
  turn.topic = meaning.intent
  const service = serviceOf(meaning.intent)
  if (service !== undefined) return switchTo(dc, service, options.service, rightsFirst(meaning.intent, turn))
  const answer = await answerIntent(meaning.intent, turn)
  if (answer === undefined) return undefined
  turn.outcome = 'repair_digressed'
  await say(dc.context, answer)
  return turn.person === undefined ? 'ask_again' : 'started'
}

/** Another service on top of this one, which goes on afterwards. */
async function switchTo(
  dc: DialogContext,
  service: { id: string; facts: object },
  from: TextKey,
  before: Say[] = [],
): Promise<'started' | undefined> {
  if (dc.stack.some((instance) => instance.id === service.id)) return undefined
  turnOf(dc.context).context.record({ type: 'service_interrupted', by: service.id })
  await say(dc.context, [t('repair.switching', { service: t(from) }), ...before])
  await dc.beginDialog(service.id, { facts: service.facts })
  return 'started'
}

async function command(
  dc: DialogContext,
  intent: string,
  confidence: number,
  text: string,
  readable: boolean,
): Promise<Interruption> {
  const folded = fold(text)
  if (
    /^(mas )?(por ?que|porque|pra que|para que|pq)\b[^.]{0,40}\??$/.test(folded) &&
    !/\bvalor\b/.test(folded)
  ) {
    return 'why'
  }
  if (/^(ajuda|me ajuda|socorro|nao entendi|como assim|nao sei responder|exemplo|\?+)\W*$/.test(folded))
    return 'help'
  // "Terminar" is an answer where it is one of the choices.
  if (/^(terminar|encerrar)\W*$/.test(folded)) return readable ? undefined : 'cancel'
  if (/^(parar|para|chega|deixa (pra|para) la|esquece( isso)?)\W*$/.test(folded)) return 'cancel'
  if (confidence < COMMAND_CONFIDENCE) return undefined
  // What the open question can take is its answer ("parei" to "ainda contribui?"), unless the order is plain.
  if (readable && !PLAIN_ORDER.test(folded)) return undefined
  const turn = turnOf(dc.context)
  switch (intent) {
    case 'cancel':
      turn.wishes.push(...(turn.meaning?.intents ?? []).filter((each) => serviceOf(each) !== undefined))
      return 'cancel'
    case 'go_back':
      return 'go_back'
    case 'human_agent':
      await say(dc.context, offerPerson(turn, 'asked'))
      return turn.person === undefined ? 'ask_again' : 'started'
    default:
      return undefined
  }
}
