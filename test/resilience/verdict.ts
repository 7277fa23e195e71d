import { setTimeout as wait } from 'node:timers/promises'
import { createClient } from 'redis'
import type { Sent } from '../channels/whatsapp-cloud/graph-server'
import type { Interruption } from './chaos'
import { outboundOf, type Told } from './meta'

export type Repeats = { documented: number; others: string[] }

/** A message is sent again when no status told for this long that it went out. */
const AWAITED_MS = 30_000
/** WhatsApp's answer is on record this soon after, unless something befalls its sender or Redis. */
const RECORDED_WITHIN_MS = 1500

/**
 * Messages WhatsApp took more than once. It is documented when the sender or Redis was interrupted between WhatsApp's
 * answer and our record of it, and no status had come for half a minute.
 */
export function repeatsIn(sends: Sent[], told: Map<string, Told>, interruptions: Interruption[]): Repeats {
  const before = new Map<string, number>()
  const repeats: Repeats = { documented: 0, others: [] }
  for (const sent of sends) {
    const id = outboundOf(sent)
    const last = before.get(id)
    before.set(id, sent.at)
    if (last === undefined) continue
    const waited = sent.at - last >= AWAITED_MS
    const taken = told.get(id)?.firstTakenAt ?? Number.POSITIVE_INFINITY
    const unheard = taken > Math.min(sent.at, last + AWAITED_MS)
    const interrupted = interruptions.some(
      ({ from, to }) => from < last + RECORDED_WITHIN_MS && to > last - 100,
    )
    if (waited && unheard && interrupted) {
      repeats.documented += 1
      continue
    }
    const after = (at: number) => `${((at - last) / 1000).toFixed(1)} s`
    const near = interruptions
      .filter(({ from, to }) => from < last + 20_000 && to > last - 20_000)
      .map(({ what, from, to }) => `${what} from ${after(from)} to ${after(to)}`)
    repeats.others.push(
      `${id} again after ${after(sent.at)}, heard of after ${after(taken)}, ${near.join(', ') || 'in quiet'}`,
    )
  }
  return repeats
}

/** Waits until nothing is on its way in Redis any more. @returns how many conversations still have something then */
export async function drained(redisUrl: string, patienceMs: number): Promise<number> {
  const client = createClient({ url: redisUrl })
  client.on('error', () => undefined)
  await client.connect()
  const until = performance.now() + patienceMs
  let left = 0
  do {
    await wait(300)
    left = 0
    for (const list of ['i', 'o', 'n'])
      for await (const keys of client.scanIterator({ MATCH: `assistant:{p*}:${list}:*`, COUNT: 1000 }))
        left += keys.length
  } while (left > 0 && performance.now() < until)
  await client.close()
  return left
}

/** Messages whose status on record is not the furthest one that was told; `told` is as `Meta` has it. */
export function wrongReceipts(
  onRecord: Record<string, { status: string }>,
  sends: Sent[],
  told: Map<string, Told>,
): string[] {
  const ids = new Set(sends.map(outboundOf))
  return [...ids].filter((id) => onRecord[id]?.status !== told.get(id)?.furthest)
}
