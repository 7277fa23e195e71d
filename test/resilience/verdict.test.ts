import type { Sent } from '../channels/whatsapp-cloud/graph-server'
import type { Interruption } from './chaos'
import type { Told } from './meta'
import { repeatsIn } from './verdict'

const sentAt = (at: number): Sent => ({
  wamid: 'wamid.OUT1',
  recipient: 'BR.7000000001',
  correlation: 'conversation~r1.1',
  body: {},
  at,
})

/** A message WhatsApp took at 1 s, and once more. */
function judge(again: number, heardAt: number | undefined, interruptedAt: number | undefined) {
  const told = new Map<string, Told>(
    heardAt === undefined ? [] : [['r1.1', { firstTakenAt: heardAt, furthest: 'sent' }]],
  )
  const interruptions: Interruption[] =
    interruptedAt === undefined ? [] : [{ what: 'worker killed', from: interruptedAt, to: interruptedAt }]
  const { documented, others } = repeatsIn([sentAt(1000), sentAt(again)], told, interruptions)
  return { documented, others: others.length }
}

describe('a message that WhatsApp took twice', () => {
  it('is documented when its sender was killed right after and nothing was heard for half a minute', () => {
    expect(judge(51_000, undefined, 1100)).toEqual({ documented: 1, others: 0 })
    expect(judge(51_000, 40_000, 1100)).toEqual({ documented: 1, others: 0 })
  })

  it.each([
    ['nobody was killed', 51_000, undefined, undefined],
    ['somebody was killed long after', 51_000, undefined, 9000],
    ['a status had come', 51_000, 4000, 1100],
    ['it was sent again too soon', 20_000, undefined, 1100],
  ])('is a violation when %s', (_, again, heardAt, interruptedAt) => {
    expect(judge(again, heardAt, interruptedAt)).toEqual({ documented: 0, others: 1 })
  })
})
