import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import type { Clock } from '../../clock'
import type { Outbound } from '../../message'
import type { Channel, Receive } from '../channel'

export type TerminalLine = { say: string } | { bot: string }

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
  const base = () => {
    count += 1
    const at = clock.now().toISOString()
    return { id: `${conversationId}-${at}-${count}`, channel: 'terminal' as const, conversationId, at }
  }
  lines.on('line', (line) => {
    // A number picks the choice it stands before, as on SMS.
    const picked = choices?.[Number(line.trim()) - 1]
    const text = picked?.value ?? line
    options.onSaid?.({ say: text })
    const answered = picked === undefined ? undefined : questionId
    options
      .receive({ ...base(), kind: 'text', text, ...(answered !== undefined && { questionId: answered }) })
      .catch(() => lines.close())
  })
  lines.on('close', options.onEnd)
  return {
    id: 'terminal',
    async open() {
      await options.receive({ ...base(), kind: 'opened' })
    },
    async send(message) {
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
