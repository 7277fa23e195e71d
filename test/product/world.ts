import { hkdfSync } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { Browser } from '../identity/browser'
import { newDataFolder, type RunningProduct, startBuiltProduct } from '../process/product'
import { freePort } from '../store/redis-server'

const SECRET_KEY = '07'.repeat(32)

/** A Wednesday, ten in the morning in Brasília: notices may go out, and the Central 135 answers. */
export const START = '2026-11-25T13:00:00.000Z'

export type BuiltProduct = Awaited<ReturnType<typeof startProduct>>

/**
 * The built product as one process, at addresses that outlive a restart.
 * @param environment what turns its channels on, given the port it will have
 * @param part `all` has the INSS API and the login embedded; `assistant` is alone, and starts at once
 */
export async function startProduct(
  environment: (port: number) => Record<string, string> | Promise<Record<string, string>>,
  part: 'all' | 'assistant' = 'all',
) {
  const [port, inssApiPort, loginPort] = [await freePort(), await freePort(), await freePort()]
  const data = newDataFolder()
  const settings = {
    ...(await environment(port)),
    DATA_FOLDER: data,
    SECRET_KEY,
    PORT: String(port),
    INSS_API_PORT: String(inssApiPort),
    LOGIN_SANDBOX_PORT: String(loginPort),
    LOG_LEVEL: 'debug',
  }
  const before: RunningProduct[] = []
  let offset = Date.parse(START) - Date.now()
  let running = await startBuiltProduct({ ...settings, CLOCK_NOW: START }, [part])
  const origin = `http://127.0.0.1:${port}`

  return {
    origin,
    /** What its clock shows. */
    now: () => new Date(Date.now() + offset),
    /** All it ever printed, over restarts. */
    printed: () => [...before, running].map((each) => each.printed()).join(''),
    /** Stops it as an operator does and starts it on the same data at another time. */
    async restart(later: string) {
      const code = await running.stop('SIGTERM')
      if (code !== 0) throw new Error(`the product ended with ${code}:\n${running.printed().slice(-2000)}`)
      before.push(running)
      offset = Date.parse(later) - Date.now()
      running = await startBuiltProduct({ ...settings, CLOCK_NOW: later }, [part])
    },
    /** A person at the INSS writes into a request. @returns the HTTP status */
    async desk(protocol: string, step: { status: string; text: string }): Promise<number> {
      const secret = Buffer.from(
        hkdfSync('sha256', Buffer.from(SECRET_KEY, 'hex'), Buffer.alloc(0), 'inss-desk', 32),
      ).toString('base64url')
      const answer = await fetch(`http://127.0.0.1:${inssApiPort}/v1/requests/${protocol}/analysis-steps`, {
        method: 'POST',
        headers: {
          authorization: `Basic ${Buffer.from(`analise:${secret}`).toString('base64')}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify(step),
      })
      return answer.status
    },
    stop: () => running.stop('SIGTERM'),
  }
}

/** Opens a link of the conversation in a browser, compares the code, and logs in at the sandbox. */
export async function logIn(url: string, code: string, cpf: string): Promise<Browser> {
  const browser = new Browser()
  await browser.open(url)
  if (!browser.text.includes(code)) throw new Error(`the page shows another code: ${browser.text}`)
  await browser.submit({ answer: 'same' })
  await browser.submit({ cpf, password: 'demo' })
  return browser
}

/** Waits until something holds. @throws Error naming it when it does not in time */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  seconds = 30,
): Promise<void> {
  for (const late = Date.now() + seconds * 1000; Date.now() < late; await wait(25)) if (await holds()) return
  throw new Error(`in vain: ${what}`)
}
