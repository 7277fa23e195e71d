import { messages } from '../../locales/pt-BR/index'
import type { Channel } from '../../src/channels/channel'
import type { Bubble, Outbound } from '../../src/message'
import { inRegister, type TextKey, t } from '../../src/text'
import {
  type Conversation,
  conversationFiles,
  readConversation,
  startConversations,
} from '../conversations/harness'

/** One reply of a golden conversation, as it left the bot: in long and in short words. */
export type Reply = {
  /** `simulacao.corrige 3`: the conversation and its turn. */
  id: string
  said: string
  long: Bubble[]
  short: Bubble[]
  /** How the turn ended, in long and in short words. */
  outcomes: [string, string]
}

/** Plays every conversation of test/conversations twice, each time over an INSS that nobody has asked anything. */
export async function everyReply(): Promise<Reply[]> {
  const files = conversationFiles()
  const scripts = files.map(readConversation)
  const long = await played(scripts)
  const short = await played(scripts.map(inShortWords), 'short')
  return files.flatMap((file, script) =>
    (long[script] ?? []).map((said, turn): Reply => {
      const brief = short[script]?.[turn] ?? []
      return {
        id: `${file.replace('.yaml', '')} ${turn + 1}`,
        said: whatWasSaid(scripts[script], turn),
        long: said.map(bubbleOf),
        short: brief.map(bubbleOf),
        outcomes: [said.at(-1)?.outcome ?? '', brief.at(-1)?.outcome ?? ''],
      }
    }),
  )
}

/** The replies of each turn of each conversation, in order, as bubbles that no channel has arranged. */
async function played(scripts: Conversation[], register?: 'short'): Promise<Outbound[][][]> {
  const conversations = await startConversations()
  const all: Outbound[][][] = []
  for (const script of scripts) {
    const turns: Outbound[][] = []
    const channel: Channel = {
      id: script.channel ?? 'web',
      whenUnknown: 'resend',
      send: () => Promise.resolve(),
      ...(register && { register }),
    }
    const onReply = (message: Outbound, count: number) => {
      // What agents write is theirs.
      if (message.speaker === 'agent') return
      const turn = count - 1
      turns[turn] = [...(turns[turn] ?? []), message]
    }
    await conversations.play(script, { channel, onReply })
    all.push(Array.from(turns, (turn) => turn ?? []))
  }
  await conversations.stop()
  return all
}

/** A choice is pressed by the title it has in short words. */
function inShortWords(script: Conversation): Conversation {
  return {
    ...script,
    turns: script.turns.map(({ press, pressOld, ...step }) => ({
      ...step,
      ...(press !== undefined && { press: shortTitle(press) }),
      ...(pressOld !== undefined && { pressOld: shortTitle(pressOld) }),
    })),
  }
}

function shortTitle(title: string): string {
  for (const [file, texts] of Object.entries(messages)) {
    for (const [key, text] of Object.entries(texts)) {
      if (text === title) return inRegister('short', () => t(`${file}.${key}` as TextKey))
    }
  }
  return title
}

/** What the person did in the turn of this number; a step without a message is no turn. */
function whatWasSaid(script: Conversation | undefined, turn: number): string {
  const acts = ['open', 'say', 'press', 'pressOld', 'login', 'loginFails', 'unsupported', 'desk'] as const
  const steps = (script?.turns ?? []).filter((step) => acts.some((act) => step[act] !== undefined))
  const step = steps[turn]
  if (step === undefined) return ''
  if (step.open === true) return '(opens)'
  if (step.login !== undefined) return '(logs in)'
  if (step.desk !== undefined) return `(people: ${Object.keys(step.desk).join(', ')})`
  if (step.loginFails !== undefined) return `(login: ${step.loginFails})`
  if (step.unsupported !== undefined) return `(${step.unsupported})`
  return step.say ?? step.press ?? step.pressOld ?? ''
}

/** A login link of the length real ones have. */
const LINK = `https://assistente.example.gov.br/entrar/${'A'.repeat(43)}`

function bubbleOf({ text, choices, link, expects, questionId }: Outbound): Bubble {
  return {
    text,
    ...(choices && { choices }),
    ...(link && { link: { ...link, url: LINK } }),
    ...(expects !== undefined && { expects }),
    ...(questionId !== undefined && { questionId }),
  }
}
