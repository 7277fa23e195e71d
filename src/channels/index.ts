import type { Clock } from '../clock'
import type { Config } from '../config'
import type { Log } from '../log'
import type { Records } from '../store/store'
import { createBotFrameworkChannel } from './bot-framework/channel'
import type { Channel, Receive, TakeHandoffStatus, TakeReceipt } from './channel'
import { createKannelChannel } from './sms-kannel/channel'
import { createTwilioChannel } from './sms-twilio/channel'
import { createWhatsAppCloudChannel } from './whatsapp-cloud/channel'

/** The channels that the configuration turns on, beside the web; the one to try a notice on first in front. */
export function configuredChannels(
  config: Config,
  deps: {
    publicUrl: string
    receive: Receive
    takeReceipt: TakeReceipt
    takeHandoffStatus: TakeHandoffStatus
    records: Records
    clock: Clock
    log: Log
  },
): Channel[] {
  const common = { ...deps, secretKey: config.secretKey }
  return [
    ...(config.whatsappCloud ? [createWhatsAppCloudChannel({ ...config.whatsappCloud, ...common })] : []),
    ...(config.kannel
      ? [
          createKannelChannel({
            ...config.kannel,
            ...common,
            webhookUrl: config.kannelWebhookUrl ?? deps.publicUrl,
          }),
        ]
      : []),
    ...(config.twilio ? [createTwilioChannel({ ...config.twilio, ...common })] : []),
    ...(config.botFramework
      ? [createBotFrameworkChannel({ ...common, credentials: config.botFramework })]
      : []),
  ]
}
