export type Random = ReturnType<typeof createRandom>

/** Chance that is the same for the same seed (mulberry32). */
export function createRandom(seed: number) {
  let state = seed >>> 0
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const below = (limit: number) => Math.floor(next() * limit)
  return {
    below,
    between: (low: number, high: number) => low + next() * (high - low),
    percent: (chance: number) => next() * 100 < chance,
    of: <T>(values: readonly [T, ...T[]]): T => values[below(values.length)] ?? values[0],
    shuffled<T>(values: readonly T[]): T[] {
      const left = [...values]
      const order: T[] = []
      while (left.length > 0) order.push(...left.splice(below(left.length), 1))
      return order
    },
  }
}
