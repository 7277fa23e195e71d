import { type Kannel, startKannel } from '../channels/sms-kannel/kannel'
import { startProduct } from './world'

export const OURS = '28041'
const WEBHOOK_SECRET = 'segredo-do-caminho-1'

/** The built product behind a real Kannel, whose operator and telephones are its fakesmsc. */
export async function startSms() {
  let kannel: Kannel | undefined
  const product = await startProduct(async (port) => {
    const webhook = `http://127.0.0.1:${port}/webhooks/sms/kannel/${WEBHOOK_SECRET}`
    // Each must know the other's port, so Kannel starts first, with nobody there yet.
    kannel = await startKannel({
      getUrl: `${webhook}?id=%I&from=%q&at=%T&coding=%c&charset=%C&text=%b`,
    })
    return {
      KANNEL_SENDSMS_URL: kannel.sendSmsUrl,
      KANNEL_USERNAME: kannel.username,
      KANNEL_PASSWORD: kannel.password,
      KANNEL_FROM: OURS,
      KANNEL_WEBHOOK_SECRET: WEBHOOK_SECRET,
      KANNEL_WEBHOOK_URL: `http://127.0.0.1:${port}`,
    }
  }).catch(async (error: unknown) => {
    await kannel?.stop()
    throw error
  })
  if (kannel === undefined) throw new Error('no Kannel')
  const { say, nextSms, stop, password } = kannel
  return {
    product,
    say: (from: string, text: string) => say(from, OURS, text),
    nextSms,
    secrets: [password, WEBHOOK_SECRET],
    /** Waits a moment and tells whether no SMS came. */
    silence: (milliseconds = 1000) =>
      nextSms(milliseconds).then(
        () => false,
        () => true,
      ),
    async stop() {
      await product.stop()
      await stop()
    },
  }
}
