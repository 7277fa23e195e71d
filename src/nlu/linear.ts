import { BUCKETS, type Features } from './features'

/** Multinomial logistic regression: one row of class weights per bucket. */
export type Linear = {
  classes: number
  weights: Float32Array | Int8Array
  bias: Float32Array
  /** What one step of a quantised weight is worth, by class; absent when weights are as trained. */
  steps?: Float32Array
}

export type Example = { features: Features; label: number; weight?: number }

export type TrainingOptions = { classes: number; rounds: number; rate: number; decay: number; seed: number }

/** Classes a sentence is this sure about are not moved by it; most are, after the first rounds. */
const NEGLIGIBLE = 2e-3

/**
 * Trains by stochastic gradient with AdaGrad steps and L2 decay of the weights touched. The order of the examples
 * comes from the seed alone, so the same phrases give the same model, bit by bit.
 */
export function trainLinear(examples: Example[], options: TrainingOptions): Linear {
  const { classes, rounds, rate, decay } = options
  const weights = new Float32Array(BUCKETS * classes)
  const history = new Float32Array(BUCKETS * classes)
  const bias = new Float32Array(classes)
  const biasHistory = new Float32Array(classes)
  const random = seeded(options.seed)
  const order = examples.map((_, index) => index)
  const probabilities = new Float64Array(classes)
  const labels = new Int32Array(classes)
  const errors = new Float64Array(classes)
  for (let round = 0; round < rounds; round += 1) {
    shuffle(order, random)
    for (const index of order) {
      const example = examples[index]
      if (example === undefined) continue
      const { buckets, values } = example.features
      score({ classes, weights, bias }, example.features, probabilities)
      softmax(probabilities, 1)
      const importance = example.weight ?? 1
      probabilities[example.label] = (probabilities[example.label] ?? 0) - 1
      let active = 0
      for (let label = 0; label < classes; label += 1) {
        const error = importance * (probabilities[label] as number)
        if (Math.abs(error) < NEGLIGIBLE) continue
        labels[active] = label
        errors[active] = error
        active += 1
        const squared = (biasHistory[label] as number) + error * error
        biasHistory[label] = squared
        bias[label] = (bias[label] as number) - (rate * 0.1 * error) / (Math.sqrt(squared) + 1e-6)
      }
      for (let at = 0; at < buckets.length; at += 1) {
        const row = (buckets[at] as number) * classes
        const value = values[at] as number
        for (let each = 0; each < active; each += 1) {
          const cell = row + (labels[each] as number)
          const old = weights[cell] as number
          const gradient = (errors[each] as number) * value + decay * old
          const squared = (history[cell] as number) + gradient * gradient
          history[cell] = squared
          weights[cell] = old - (rate * gradient) / (Math.sqrt(squared) + 1e-6)
        }
      }
    }
  }
  return { classes, weights, bias }
}

/** One byte a weight: a quarter of the size, and the same decisions. */
export function quantise(model: Linear): Linear & { weights: Int8Array; steps: Float32Array } {
  const { classes, weights, bias } = model
  const steps = new Float32Array(classes)
  for (let at = 0; at < weights.length; at += 1) {
    const size = Math.abs(weights[at] as number)
    if (size > (steps[at % classes] as number)) steps[at % classes] = size
  }
  for (let label = 0; label < classes; label += 1)
    steps[label] = Math.max(1e-9, (steps[label] as number) / 127)
  const small = Int8Array.from(weights, (weight, at) => Math.round(weight / (steps[at % classes] as number)))
  return { classes, weights: small, bias, steps }
}

/** Raw scores of every class, into `into`. */
export function score(model: Linear, features: Features, into: Float64Array): Float64Array {
  const { classes, weights, bias, steps } = model
  into.fill(0)
  const { buckets, values } = features
  let at = 0
  // Four rows at a time, so that a sum is read and written once for four weights.
  for (; at + 4 <= buckets.length; at += 4) {
    const rowA = (buckets[at] as number) * classes
    const rowB = (buckets[at + 1] as number) * classes
    const rowC = (buckets[at + 2] as number) * classes
    const rowD = (buckets[at + 3] as number) * classes
    const a = values[at] as number
    const b = values[at + 1] as number
    const c = values[at + 2] as number
    const d = values[at + 3] as number
    for (let label = 0; label < classes; label += 1) {
      into[label] =
        (into[label] as number) +
        (a * (weights[rowA + label] as number) +
          b * (weights[rowB + label] as number) +
          c * (weights[rowC + label] as number) +
          d * (weights[rowD + label] as number))
    }
  }
  for (; at < buckets.length; at += 1) {
    const row = (buckets[at] as number) * classes
    const value = values[at] as number
    for (let label = 0; label < classes; label += 1) {
      into[label] = (into[label] as number) + value * (weights[row + label] as number)
    }
  }
  for (let label = 0; label < classes; label += 1) {
    into[label] =
      (into[label] as number) * (steps === undefined ? 1 : (steps[label] as number)) + (bias[label] as number)
  }
  return into
}

/** Scores to probabilities, in place; a higher temperature is more modest. */
export function softmax(scores: Float64Array, temperature: number): Float64Array {
  let top = Number.NEGATIVE_INFINITY
  for (const each of scores) if (each > top) top = each
  let sum = 0
  for (let at = 0; at < scores.length; at += 1) {
    const grown = Math.exp(((scores[at] as number) - top) / temperature)
    scores[at] = grown
    sum += grown
  }
  for (let at = 0; at < scores.length; at += 1) scores[at] = (scores[at] as number) / sum
  return scores
}

/** Mulberry32: the same numbers everywhere for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export function shuffle<T>(list: T[], random: () => number): void {
  for (let at = list.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1))
    const moved = list[at] as T
    list[at] = list[other] as T
    list[other] = moved
  }
}
