/** What the yardstick takes where the limits of these tests were set. */
const NOMINAL_MS = 0.2

/**
 * Processor time of some work, in milliseconds of the machine where limits were set: one half as fast has twice as
 * many. Something of known size is measured right after it, because machines change their speed within a second.
 */
export function milliseconds(work: () => unknown): number {
  const spent = processorTime(work)
  const quickest = Math.min(...Array.from({ length: 5 }, () => processorTime(yardstick)))
  return spent / Math.max(1, quickest / NOMINAL_MS)
}

function processorTime(work: () => unknown): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

const words = 'não sei dizer, acho que são uns 30 anos e 4 meses de carteira '.repeat(20)

/** What readers do: letters looked at by patterns, and words looked up. */
function yardstick(): number {
  let sum = 0
  for (let times = 0; times < 8; times += 1) {
    const folded = words.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
    const counts = new Map<string, number>()
    for (const word of folded.match(/[a-z]+|\d+/g) ?? []) counts.set(word, (counts.get(word) ?? 0) + 1)
    sum += counts.size
  }
  return sum
}
