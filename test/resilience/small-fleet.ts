import { setTimeout as wait } from 'node:timers/promises'
import { post, type Sent, startGraphServer } from '../channels/whatsapp-cloud/graph-server'
import { type Fleet, startFleet } from './fleet'
import { createPerson, type Person, wireOf } from './golden'
import { webhookOf } from './meta'

export type SmallFleet = Awaited<ReturnType<typeof startSmallFleet>>

/** A fleet before a fake WhatsApp, without gateway and workers yet, and people to talk to it. */
export async function startSmallFleet(options: { alone?: boolean; environment?: Record<string, string> }) {
  const graph = await startGraphServer()
  const fleet: Fleet = await startFleet({ graphUrl: graph.url, ...options })
  let said = 0
  const recipientOf = ({ phone, bsuid }: Person) => bsuid ?? phone ?? ''
  return {
    graph,
    fleet,
    person: (index: number): Person => createPerson(index, fleet.secretKey),
    /** Posts one message, once. @returns the status of the answer; 0 when there was none */
    say(person: Person, text: string, options: { id?: string; url?: string } = {}): Promise<number> {
      said += 1
      const { id = `wamid.IN${said}`, url = fleet.webhook } = options
      return post(url, webhookOf([wireOf(person, id, { text })]))
    },
    /** What a person was sent, in order. */
    told: (person: Person): string[] => graph.sentTo(recipientOf(person)).map(textOf),
    async stop() {
      await fleet.stop()
      await graph.stop()
    },
  }
}

/** The words of a message, without its choices. */
function textOf({ body }: Sent): string {
  const { text, interactive } = body as { text?: { body: string }; interactive?: { body: { text: string } } }
  return text?.body ?? interactive?.body.text ?? ''
}

/** Waits until something holds. @throws Error naming it when it does not in time */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  seconds = 30,
): Promise<void> {
  for (let tries = 0; tries < seconds * 20; tries += 1) {
    if (await holds()) return
    await wait(50)
  }
  throw new Error(`in vain: ${what}`)
}

/** The value of a metric, by its name and labels as they are printed; 0 when it is not there. */
export async function metricOf(port: number, line: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  const found = text.split('\n').find((each) => each.startsWith(`${line} `))
  return Number(found?.slice(line.length + 1) ?? 0)
}
