import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import type { Clock } from '../../clock'
import type { InboundContent, Outbound } from '../../message'
import type { Channel, Receive } from '../channel'

export type TerminalLine = { say: string } | { bot: string }

/** An answer is complete when nothing more was said for this long. */
const QUIET_MS = 150
const LONGEST_ANSWER_MS = 30_000

/**
 * The conversation in a terminal: one person, one line a message, choices as numbered lines. `onLine` hears
 * everything said, for saving a conversation. `onEnd` is called when the input ends (Ctrl-D).
 */
export function createTerminalChannel(options: {
  input: Readable
  output: Writable
  receive: Receive
  clock: Clock
  conversationId: string
  onSaid?: (line: TerminalLine) => void
  onEnd: () => void
}): Channel & { open(): Promise<void> } {
  const { output, clock, conversationId } = options
  const lines = createInterface({ input: options.input, output, prompt: '> ' })
  let choices: Outbound['choices'] = []
  let questionId: string | undefined
  let count = 0
  let answered = Date.now()
  let before: Promise<void> = Promise.resolve()

  /** One message at a time: the next is sent when the answer to this one has been said. */
  function take(
    content: (open: { choices: Outbound['choices']; questionId: string | undefined }) => InboundContent,
  ) {
    before = before.then(async () => {
      count += 1
      const at = clock.now().toISOString()
      const base = {
        id: `${conversationId}-${at}-${count}`,
        channel: 'terminal' as const,
        conversationId,
        at,
      }
      const asked = Date.now()
      await options.receive({ ...base, ...content({ choices, questionId }) })
      while (
        Date.now() - asked < LONGEST_ANSWER_MS &&
        (answered < asked || Date.now() - answered < QUIET_MS)
      ) {
        await wait(20)
      }
    })
    return before
  }

  lines.on('line', (line) => {
    take((open) => {
      // A number picks the choice it stands before, as on SMS.
      const picked = open.choices?.[Number(line.trim()) - 1]
      const text = picked?.value ?? line
      options.onSaid?.({ say: text })
      const pressed = picked === undefined ? undefined : open.questionId
      return { kind: 'text', text, ...(pressed !== undefined && { questionId: pressed }) }
    }).catch(() => lines.close())
  })
  lines.on('close', () => before.then(options.onEnd, options.onEnd))
  return {
    id: 'terminal',
    whenUnknown: 'resend',
    open: () => take(() => ({ kind: 'opened' })),
    async send(message) {
      answered = Date.now()
      choices = message.choices ?? []
      questionId = message.questionId
      options.onSaid?.({ bot: message.text })
      const numbered = choices.map((choice, index) => `  ${index + 1}. ${choice.title}`)
      const link = message.link === undefined ? [] : [`  ${message.link.title}: ${message.link.url}`]
      output.write(`\n${[message.text, ...link, ...numbered].join('\n')}\n`)
      if (questionId !== undefined) lines.prompt()
    },
    async stop() {
      lines.close()
    },
  }
}
