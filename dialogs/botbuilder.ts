import Module from 'node:module'
import type * as Core from 'botbuilder-core'
import type * as Dialogs from 'botbuilder-dialogs'

/**
 * What we use of botbuilder. Its core loads the connector to Bot Framework, and with it Azure's libraries for HTTP and
 * login: 33 MB in each process of which dialogs use nothing. An empty connector stands there while it loads; whoever
 * loads the connector later gets the real one.
 */
const { BotAdapter, TurnContext } = withoutConnector(
  () => require('botbuilder-core') as Pick<typeof Core, 'BotAdapter' | 'TurnContext'>,
)
// The index of botbuilder-dialogs loads thirty megabytes of recognisers that are not used here.
const { Dialog } = require('botbuilder-dialogs/lib/dialog') as Pick<typeof Dialogs, 'Dialog'>
const { DialogContext } = require('botbuilder-dialogs/lib/dialogContext') as Pick<
  typeof Dialogs,
  'DialogContext'
>
const { DialogSet } = require('botbuilder-dialogs/lib/dialogSet') as Pick<typeof Dialogs, 'DialogSet'>

export type BotAdapter = Core.BotAdapter
export type TurnContext = Core.TurnContext
export type DialogContext = Dialogs.DialogContext
export { BotAdapter, Dialog, DialogContext, DialogSet, TurnContext }

function withoutConnector<T>(loadCore: () => T): T {
  const file = require.resolve('botframework-connector')
  if (require.cache[file] !== undefined) return loadCore()
  const empty = new Module(file)
  // Classes that the core extends, and constants it reads, while it loads.
  empty.exports = {
    BotFrameworkAuthentication: class {},
    PasswordServiceClientCredentialFactory: class {},
    AuthenticationConstants: {},
  }
  empty.loaded = true
  require.cache[file] = empty
  try {
    return loadCore()
  } finally {
    delete require.cache[file]
  }
}
