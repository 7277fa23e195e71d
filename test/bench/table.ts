import { percentile } from './script'

/** One line of a benchmark's output. */
export function row(name: string, ...columns: string[]): void {
  process.stdout.write(`${name.padEnd(46)}${columns.join(' · ')}\n`)
}

export function heading(text: string): void {
  process.stdout.write(`\n${text}\n`)
}

/** "p50 1.2 · p95 3.4 · p99 9.9 · max 12.0 ms". */
export function describeLatencies(milliseconds: number[]): string {
  const at = (share: number) => percentile(milliseconds, share).toFixed(1)
  return `p50 ${at(0.5)} · p95 ${at(0.95)} · p99 ${at(0.99)} · max ${at(1)} ms`
}

export function count(number: number): string {
  return Math.round(number).toLocaleString('en')
}

export function median(numbers: number[]): number {
  return percentile(numbers, 0.5)
}
