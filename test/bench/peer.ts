import {
  ActivityTypes,
  CloudAdapter,
  ConfigurationBotFrameworkAuthentication,
  ConversationState,
  MemoryStorage,
} from 'botbuilder'
import { DialogSet, TextPrompt, WaterfallDialog } from 'botbuilder-dialogs'
import express from 'express'

/**
 * What is usually built: a botbuilder waterfall over HTTP, with memory storage, that answers in the response to the
 * request (`expectReplies`), without authentication. Five prompts, as in the conversation of ours. Nothing of it is
 * durable, repeats are taken again, and it understands no words.
 */
const conversations = new ConversationState(new MemoryStorage())
const dialogs = new DialogSet(conversations.createProperty('dialogs'))
dialogs.add(new TextPrompt('text'))
const asked = [
  'Você prefere me contar ou entrar?',
  'A aposentadoria é de uma mulher ou de um homem?',
  'Qual é a data de nascimento?',
  'Quanto tempo contribuiu?',
  'Você ainda contribui hoje?',
]
dialogs.add(
  new WaterfallDialog(
    'form',
    asked.map((text) => (step) => step.prompt('text', text)),
  ),
)
const adapter = new CloudAdapter(new ConfigurationBotFrameworkAuthentication({}))
const app = express()
app.use(express.json())
app.post('/api/messages', (request, response) => {
  void adapter.process(request, response, async (context) => {
    if (context.activity.type !== ActivityTypes.Message) return
    const dialog = await dialogs.createContext(context)
    const result = await dialog.continueDialog()
    if (result.status === 'empty') await dialog.beginDialog('form')
    await conversations.saveChanges(context)
  })
})
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.send?.({ port: typeof address === 'object' ? address?.port : undefined })
})
