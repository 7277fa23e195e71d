import { conversationFiles, readConversation, startConversations, writeConversation } from './harness'

/** `npm run test:update` writes what was said into the files; the diff is then read like any promise. */
const update = process.env.UPDATE_GOLDEN === '1'

describe('conversations', () => {
  let conversations: Awaited<ReturnType<typeof startConversations>>
  beforeAll(async () => {
    conversations = await startConversations()
  })
  afterAll(() => conversations.stop())

  for (const file of conversationFiles()) {
    const script = readConversation(file)
    it(`${file.replace('.yaml', '')}: ${script.name}`, async () => {
      const played = await conversations.play(script)
      if (update) writeConversation(file, played)
      else expect(played).toEqual(script)
    })
  }
})
