/** What people open the five-turn simulation with. */
const OPENINGS = [
  'quero simular minha aposentadoria',
  'Quero simular a aposentadoria',
  'simular aposentadoria',
  'queria fazer a simulação da minha aposentadoria',
]

/** What a person says at each turn of the simulation: their own date and time, as nobody else's. */
export function saidBy(person: string, turn: number): string {
  const number = Number(person.slice(-7))
  const two = (value: number) => String(value).padStart(2, '0')
  const born = `${two(1 + (number % 28))}/${two(1 + (number % 12))}/${1962 + (number % 9)}`
  const time = `${15 + (number % 16)} anos e ${1 + (number % 11)} meses`
  return [OPENINGS[number % OPENINGS.length] ?? '', 'eu conto', 'mulher', born, time][turn] ?? ''
}

/** How a right answer to each turn reads. */
export const RIGHT = [
  /Você prefere me contar/,
  /mulher ou de um homem/,
  /data de nascimento|Quando .*nasceu|dia .*nasc/i,
  /Quanto tempo/i,
  /ainda contribui/i,
] as const

export type Measured = {
  turns: number
  seconds: number
  wrong: number
  /** Milliseconds from saying to being answered, in no order. */
  latencies: number[]
}

/** "3,120 turns/s · p50 9 · p95 21 · p99 30 · max 41 ms · 0 wrong". */
export function describeMeasured({ turns, seconds, wrong, latencies }: Measured): string {
  const sorted = [...latencies].sort((a, b) => a - b)
  const at = (share: number) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1)
  const rate = Math.round(turns / seconds).toLocaleString('en')
  return `${rate.padStart(6)} turns/s · p50 ${at(0.5)} · p95 ${at(0.95)} · p99 ${at(0.99)} · max ${at(1)} ms · ${wrong} wrong`
}

export function percentile(latencies: number[], share: number): number {
  const sorted = [...latencies].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

/** Everybody is somebody new: a million invented numbers for each measurement. */
let people = (process.pid * 7919) % 50_000_000

/**
 * Holds whole conversations until the time is over: `people` at a time, each saying the next thing when the last
 * was answered (closed loop), or one begun each `1/perSecond` s whatever happens (open loop).
 * @param say one turn; resolves with the answer
 * @param right how a right answer to each turn reads
 */
export async function converse(
  say: (person: string, turn: number) => Promise<string>,
  how: { people: number; seconds: number } | { perSecond: number; seconds: number },
  right: readonly RegExp[] = RIGHT,
): Promise<Measured> {
  const latencies: number[] = []
  let wrong = 0
  let person = 0
  people += 1_000_000
  const first = people % 99_000_000
  const started = performance.now()
  const end = started + how.seconds * 1000
  async function hold(): Promise<void> {
    person += 1
    const name = `5511${String(9_0000_0000 + first + person)}`
    for (let turn = 0; turn < right.length && performance.now() < end; turn += 1) {
      const asked = performance.now()
      const answer = await say(name, turn)
      latencies.push(performance.now() - asked)
      if (right[turn]?.test(answer) !== true) wrong += 1
    }
  }
  if ('people' in how) {
    await Promise.all(
      Array.from({ length: how.people }, async () => {
        while (performance.now() < end) await hold()
      }),
    )
  } else {
    const begun: Promise<void>[] = []
    const each = (1000 * right.length) / how.perSecond
    for (let at = started; at < end; at += each) {
      const wait = at - performance.now()
      if (wait > 1) await new Promise((resolve) => setTimeout(resolve, wait))
      begun.push(hold())
    }
    await Promise.all(begun)
  }
  return { turns: latencies.length, seconds: (performance.now() - started) / 1000, wrong, latencies }
}
