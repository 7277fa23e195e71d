import { createHash } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { createAddresses } from '../../src/channels/address'
import { projectFile } from '../../src/files'
import { sealRecords } from '../../src/identity/records'
import { createOptIns } from '../../src/notices/opt-ins'
import { createTrail } from '../../src/notices/trail'
import { createRedisStore } from '../../src/store/redis'
import type { Store } from '../../src/store/store'
import { converse, describeMeasured, percentile } from './script'
import { count, heading, row } from './table'
import { bsuidOf, SECRET_KEY, startWholePath } from './whole-path'

const PER_SECOND = 250
const TURNS_PER_SECOND = 80
/** When these people last wrote: outside WhatsApp's window, so that each gets a template. */
const WROTE_BEFORE_MS = 3 * 86_400_000
const AT_ONCE = 100

/** How long replies take while thousands of notices go out within one limit of the provider, and without them. */
export async function measureNotices(redisUrl: string, notices: number): Promise<void> {
  heading(
    `${count(notices)} notices beside ${TURNS_PER_SECOND} turns/s, at most ${PER_SECOND} messages/s, one process`,
  )
  const arrived = new Map<string, number>()
  let last = 0
  const product = await startWholePath(
    redisUrl,
    { assistants: 1 },
    {
      environment: { WHATSAPP_MESSAGES_PER_SECOND: String(PER_SECOND) },
      nodeFlags: ['--require', projectFile('test/bench/daytime.cjs')],
      onSent({ body, recipient }) {
        if (body.type !== 'template') return
        arrived.set(recipient, (arrived.get(recipient) ?? 0) + 1)
        last = performance.now()
      },
    },
  )
  const store = await createRedisStore({ url: redisUrl })
  await converse(product.say, { people: 10, seconds: 2 })
  const seconds = Math.ceil((0.8 * notices) / (PER_SECOND - TURNS_PER_SECOND))
  const steady = { perSecond: TURNS_PER_SECOND, seconds }
  const before = await converse(product.say, steady)
  row('replies before the notices', describeMeasured(before).trim())

  const due = await prepare(store, notices)
  await wait(due - Date.now())
  const begun = performance.now()
  const beside = await converse(product.say, steady)
  row('replies beside notices', describeMeasured(beside).trim())
  const patience = performance.now() + (3000 * notices) / (PER_SECOND - TURNS_PER_SECOND) + 20_000
  while (arrived.size < notices && performance.now() < patience) await wait(200)
  await wait(500)

  const twice = [...arrived.values()].filter((times) => times > 1).length
  const rate = arrived.size / ((last - begun) / 1000)
  row('notices', `${count(arrived.size)} of ${count(notices)} sent`, `${twice} twice`, `${count(rate)}/s`)
  const after = await converse(product.say, steady)
  row('replies after the notices', describeMeasured(after).trim())
  const without = [...before.latencies, ...after.latencies]
  const ratios = [0.5, 0.95, 0.99].map((share) => {
    const ratio = percentile(beside.latencies, share) / percentile(without, share)
    return `p${share * 100} ${ratio.toFixed(2)}`
  })
  row('replies, beside notices / without', ...ratios)
  await store.close()
  await product.stop()
}

/** People who wrote days ago and said yes, and a notice for each. @returns when all are due */
async function prepare(store: Store, notices: number): Promise<number> {
  const records = sealRecords(store.records, SECRET_KEY)
  const optIns = createOptIns({ records, channels: ['whatsapp-cloud'] })
  const trail = createTrail(records)
  const addresses = createAddresses('whatsapp-cloud', SECRET_KEY)
  const wrote = new Date(Date.now() - WROTE_BEFORE_MS).toISOString()
  const at = new Date().toISOString()
  const channel = 'whatsapp-cloud' as const
  const ready: Parameters<Store['outbox']['add']>[0][] = []

  async function one(index: number): Promise<void> {
    const phone = `55319${String(20_000_000 + index)}`
    const bsuid = bsuidOf(phone)
    const conversationId = addresses.conversationOf(bsuid)
    const address = addresses.seal({ phone, bsuid })
    const id = `wamid.${phone}`
    const claim = { worker: 'bench', milliseconds: 10_000 }
    const work = await store.inbox.append(
      { id, channel, conversationId, address, at: wrote, kind: 'text', text: 'oi' },
      claim,
    )
    if (typeof work === 'string') throw new Error('the prepared people must be new')
    const state = { version: 1, greeted: true, dialogs: [], lastReplies: [], wishes: [], notUnderstood: 0 }
    await store.conversations.commit(work.lease, work.waiting, { state, replies: [], events: [] })
    const person = `pessoa-${index}`
    await optIns.put({
      channel,
      conversationId,
      person,
      personRef: person,
      subjects: ['pagamento'],
      level: 'silver',
      at: wrote,
      wording: 'notices.ask',
    })
    const text = 'O seu pagamento de novembro foi depositado. Para ver os detalhes, responda "pagamento".'
    const noticeId = `n${createHash('sha256').update(person).digest('base64url').slice(0, 21)}`
    const template = { name: 'pagamento_depositado', parameters: ['novembro'] }
    const outboundId = `${noticeId}.0`
    await trail.keep({
      id: noticeId,
      type: 'payment.credited',
      subject: 'pagamento',
      person,
      at,
      code: noticeId.slice(0, 8),
      tries: [
        {
          channel,
          conversationId,
          outboundId,
          due: Date.now(),
          text,
          template,
          contentHash: '',
          level: 'silver',
        },
      ],
    })
    ready.push({
      id: outboundId,
      conversationId,
      channel,
      at,
      text,
      outcome: 'answered',
      notice: { id: noticeId, template },
    })
  }

  for (let index = 0; index < notices; index += AT_ONCE) {
    await Promise.all(
      Array.from({ length: Math.min(AT_ONCE, notices - index) }, (_, more) => one(index + more)),
    )
  }
  const due = Date.now() + 3000 + notices / 2
  for (let index = 0; index < ready.length; index += AT_ONCE) {
    await Promise.all(ready.slice(index, index + AT_ONCE).map((message) => store.outbox.add(message, due)))
  }
  if (Date.now() > due) throw new Error('the notices became due before all of them were there')
  return due
}
