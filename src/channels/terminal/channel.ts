import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import type { Clock } from '../../clock'
import type { InboundContent } from '../../message'
import type { Channel, Receive } from '../channel'
import { shape } from '../shape'

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
  let count = 0
  let answered = Date.now()
  let before: Promise<void> = Promise.resolve()

  /** One message at a time: the next is sent when the answer to this one has been said. */
  function take(content: InboundContent) {
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
      if (content.kind === 'text') options.onSaid?.({ say: content.text })
      await options.receive({ ...base, ...content })
      while (
        Date.now() - asked < LONGEST_ANSWER_MS &&
        (answered < asked || Date.now() - answered < QUIET_MS)
      ) {
        await wait(20)
      }
    })
    return before
  }

  lines.on('line', (text) => {
    take({ kind: 'text', text }).catch(() => lines.close())
  })
  lines.on('close', () => before.then(options.onEnd, options.onEnd))
  return {
    id: 'terminal',
    whenUnknown: 'resend',
    open: () => take({ kind: 'opened' }),
    async send(message) {
      answered = Date.now()
      options.onSaid?.({ bot: message.text })
      const written = shape([message], { text: Number.POSITIVE_INFINITY, join: false })
      output.write(`\n${written.map(({ text }) => text).join('\n')}\n`)
      if (message.questionId !== undefined) lines.prompt()
    },
    async stop() {
      lines.close()
    },
  }
}
