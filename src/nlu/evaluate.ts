import { readFileSync, writeFileSync } from 'node:fs'
import { z } from 'zod'
import { cells, json } from './evaluate-entities'
import { type IntentId, loadUnderstanding, type Meaning, type Understand } from './index'
import { isIntentId } from './intents'

export type IntentLine = { text: string; intent: string; also?: string[] }

export type IntentPrediction = IntentLine & {
  predicted: IntentId
  confidence: number
  understood: boolean
  alternatives: { intent: IntentId; confidence: number }[]
}

export function predictIntent(line: IntentLine, understand: Understand): IntentPrediction {
  const { intent, confidence, understood, nearest, intents }: Meaning = understand(line.text)
  const others = intents.slice(1).map((other) => ({ intent: other, confidence: 0 }))
  const alternatives = [...nearest.filter((each) => each.intent !== intent), ...others].slice(0, 3)
  return {
    ...line,
    predicted: intent,
    confidence: Math.round(confidence * 1e4) / 1e4,
    understood,
    alternatives,
  }
}

/** The figures of a file of sentences with known intents, as lines of text; the time is the median. */
export function report(predictions: IntentPrediction[], microseconds: number): string[] {
  const share = (part: number, of: number) =>
    of === 0 ? 'none' : `${((100 * part) / of).toFixed(1)} % (${part} of ${of})`
  const count = (holds: (each: IntentPrediction) => boolean) => predictions.filter(holds).length
  const exact = (each: IntentPrediction) => each.predicted === each.intent
  const accepted = (each: IntentPrediction) => exact(each) || (each.also ?? []).includes(each.predicted)
  const outside = predictions.filter((each) => each.intent === 'out_of_scope')
  const inside = predictions.filter((each) => each.intent !== 'out_of_scope')
  const notTaken = (each: IntentPrediction) => each.predicted === 'out_of_scope' || !each.understood
  const crises = predictions.filter((each) => each.intent === 'crisis')
  const calm = predictions.filter((each) => each.intent !== 'crisis' && !(each.also ?? []).includes('crisis'))
  const isCrisis = (each: IntentPrediction) => each.predicted === 'crisis'
  const amongThree = (each: IntentPrediction) =>
    accepted(each) || each.alternatives.some(({ intent }) => intent === each.intent)
  return [
    `sentences                  ${predictions.length}`,
    `right                      ${share(count(exact), predictions.length)}`,
    `right or also              ${share(count(accepted), predictions.length)}`,
    `among the nearest          ${share(count(amongThree), predictions.length)}`,
    `out of scope, recognised   ${share(outside.filter((each) => each.predicted === 'out_of_scope').length, outside.length)}`,
    `out of scope, not acted on ${share(outside.filter(notTaken).length, outside.length)}`,
    `in scope, refused          ${share(inside.filter((each) => each.predicted === 'out_of_scope').length, inside.length)}`,
    `in scope, not acted on     ${share(inside.filter(notTaken).length, inside.length)}`,
    `crisis recognised          ${share(crises.filter(isCrisis).length, crises.length)}`,
    `crisis, false alarms       ${share(calm.filter(isCrisis).length, calm.length)}`,
    `calibration error          ${(100 * calibrationError(predictions, accepted)).toFixed(1)} %`,
    `time a sentence            ${microseconds.toFixed(0)} µs`,
    '',
    'asking back below a confidence of: out of scope not acted on, in scope not acted on',
    ...refusals(outside, inside),
    '',
    'per intent (right or also)',
    ...perIntent(predictions, accepted),
    '',
    'confusions (said → taken for)',
    ...confusions(predictions, accepted),
  ]
}

/** What another threshold would do: the more is asked back, the less is done by mistake. */
function refusals(outside: IntentPrediction[], inside: IntentPrediction[]): string[] {
  return [0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9].map((threshold) => {
    const share = (of: IntentPrediction[]) => {
      const refused = of.filter((each) => each.predicted === 'out_of_scope' || each.confidence < threshold)
      return of.length === 0 ? 'none' : `${((100 * refused.length) / of.length).toFixed(1)} %`
    }
    return `  ${threshold.toFixed(1)}  ${share(outside)}, ${share(inside)}`
  })
}

/** Mean distance between confidence and accuracy over ten equal bins. */
function calibrationError(
  predictions: IntentPrediction[],
  right: (each: IntentPrediction) => boolean,
): number {
  let error = 0
  for (let bin = 0; bin < 10; bin += 1) {
    const inBin = predictions.filter(({ confidence }) => Math.min(9, Math.floor(confidence * 10)) === bin)
    if (inBin.length === 0) continue
    const confidence = inBin.reduce((sum, each) => sum + each.confidence, 0) / inBin.length
    error +=
      (Math.abs(inBin.filter(right).length / inBin.length - confidence) * inBin.length) / predictions.length
  }
  return error
}

function perIntent(predictions: IntentPrediction[], right: (each: IntentPrediction) => boolean): string[] {
  const intents = [...new Set(predictions.map((each) => each.intent))].sort()
  return intents.map((intent) => {
    const of = predictions.filter((each) => each.intent === intent)
    return `  ${intent.padEnd(36)} ${of.filter(right).length} of ${of.length}`
  })
}

function confusions(predictions: IntentPrediction[], right: (each: IntentPrediction) => boolean): string[] {
  const pairs = new Map<string, number>()
  for (const each of predictions) {
    if (right(each)) continue
    const pair = `${each.intent} → ${each.predicted}`
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1)
  }
  return [...pairs]
    .sort((a, b) => b[1] - a[1])
    .slice(0, 20)
    .map(([pair, times]) => `  ${String(times).padStart(3)} ${pair}`)
}

/**
 * Lines of a JSONL file, or of a CSV file with the same names in its first line, where a space parts several `also`.
 * @throws Error that names the line that cannot be used
 */
export function intentLines(content: string): IntentLine[] {
  const rows = content.replace(/^\uFEFF/, '').split(/\r?\n/)
  const header = rows[0]?.trimStart().startsWith('{') ? undefined : cells(rows[0] ?? '')
  const lines: IntentLine[] = []
  for (const [at, row] of rows.entries()) {
    if (row.trim() === '' || (at === 0 && header !== undefined)) continue
    const parsed = shape.safeParse(header === undefined ? json(row) : record(header, cells(row)))
    if (!parsed.success) throw new Error(`line ${at + 1} is no text and intent`)
    lines.push(parsed.data as IntentLine)
  }
  return lines
}

const shape = z.looseObject({
  text: z.string(),
  intent: z.string().refine(isIntentId),
  also: z.array(z.string()).optional(),
})

function record(header: string[], row: string[]): object {
  const { also = '', ...rest } = Object.fromEntries(header.map((name, at) => [name.trim(), row[at] ?? '']))
  return also.trim() === '' ? rest : { ...rest, also: also.trim().split(/[ |]+/) }
}

/** Sentences before the clock counts: an assistant that has run a while is what people meet. */
const WARM = 5_000

function main([file, ...options]: string[]): void {
  if (file === undefined)
    throw new Error('which file? usage: nlu:evaluate FILE.jsonl|FILE.csv [--predictions OUT]')
  const understand = loadUnderstanding()
  const lines = intentLines(readFileSync(file, 'utf8'))
  for (let warm = 0; warm < WARM && lines.length > 0; warm += lines.length)
    for (const line of lines) understand(line.text)
  const times: number[] = []
  const predictions = lines.map((line) => {
    const started = performance.now()
    const prediction = predictIntent(line, understand)
    times.push(1000 * (performance.now() - started))
    return prediction
  })
  const median = times.sort((a, b) => a - b)[times.length >> 1] ?? 0
  process.stdout.write(`${report(predictions, median).join('\n')}\n`)
  const at = options.indexOf('--predictions')
  const out = at < 0 ? undefined : options[at + 1]
  if (out !== undefined) writeFileSync(out, `${predictions.map((each) => JSON.stringify(each)).join('\n')}\n`)
}

if (require.main === module) main(process.argv.slice(2))
