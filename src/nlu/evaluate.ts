import { readFileSync, writeFileSync } from 'node:fs'
import { type IntentId, loadUnderstanding, type Meaning, type Understand } from './index'

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

/** The figures of a file of sentences with known intents, as lines of text. */
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
    'per intent (right or also)',
    ...perIntent(predictions, accepted),
    '',
    'confusions (said → taken for)',
    ...confusions(predictions, accepted),
  ]
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

function main([file, ...options]: string[]): void {
  if (file === undefined) throw new Error('which file? usage: evaluate FILE.jsonl [--predictions OUT]')
  const understand = loadUnderstanding()
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as IntentLine)
  for (const line of lines) understand(line.text)
  const started = performance.now()
  const predictions = lines.map((line) => predictIntent(line, understand))
  const microseconds = (1000 * (performance.now() - started)) / Math.max(1, lines.length)
  process.stdout.write(`${report(predictions, microseconds).join('\n')}\n`)
  const at = options.indexOf('--predictions')
  const out = at < 0 ? undefined : options[at + 1]
  if (out !== undefined) writeFileSync(out, `${predictions.map((each) => JSON.stringify(each)).join('\n')}\n`)
}

if (require.main === module) main(process.argv.slice(2))
