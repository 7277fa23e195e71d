import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Channel } from '../../src/channels/channel'
import { segmentsOf, smsText } from '../../src/channels/sms/alphabet'
import { shapeSms } from '../../src/channels/sms/shape'
import {
  type Conversation,
  readConversation,
  startConversations,
  writeConversation,
} from '../conversations/harness'
import { mostParts } from './short-words'

/** `npm run test:update` writes what was sent into the files. */
const update = process.env.UPDATE_GOLDEN === '1'

const sms: Channel = {
  id: 'sms-kannel',
  register: 'short',
  shape: shapeSms,
  whenUnknown: 'resend',
  send: () => Promise.resolve(),
}

describe('conversations by SMS', () => {
  let conversations: Awaited<ReturnType<typeof startConversations>>
  beforeAll(async () => {
    conversations = await startConversations()
  })
  afterAll(() => conversations.stop())

  for (const file of readdirSync(__dirname).filter((name) => /^sms\..*\.yaml$/.test(name))) {
    const path = join('..', 'rendering', file)
    const script = readConversation(path)
    it(`${file.replace('.yaml', '')}: ${script.name}`, async () => {
      const played = asSent(await conversations.play(script, { channel: sms }))
      if (update) writeConversation(path, played)
      else expect(played).toEqual(script)
      // People write when they like, and as much.
      for (const { bot = [] } of played.turns.filter(({ desk }) => desk?.says === undefined)) {
        expect(bot).toHaveLength(1)
        expect(segmentsOf(bot[0] ?? '').segments).toBeLessThanOrEqual(mostParts(bot[0] ?? ''))
      }
    })
  }
})

/** In the letters that go out. */
function asSent(played: Conversation): Conversation {
  return {
    ...played,
    turns: played.turns.map(({ bot, ...turn }) => ({
      ...turn,
      ...(bot && { bot: bot.map((text) => smsText(text).text) }),
    })),
  }
}
