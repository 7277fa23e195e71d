import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { canBePressed, choiceId, readChoiceId } from '../../../src/channels/whatsapp-cloud/choice-id'
import { contactOf, type Harness, outbound, startHarness } from './harness'
import { post } from './webhooks'

/** Each property runs this often; `FUZZ_RUNS=100000` for a long search. */
const NUMBER_OF_RUNS = Number(process.env.FUZZ_RUNS ?? 2000)

let harness: Harness

beforeAll(async () => {
  harness = await startHarness()
})
afterAll(async () => {
  await harness.stop()
})
beforeEach(() => {
  harness.received.length = 0
})

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

const FOLDER = join(__dirname, 'in')
const fixtures = readdirSync(FOLDER).map(
  (name) => (JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as { webhook: Json }).webhook,
)

/** A real body with one to four of its values or keys put into disorder. */
const mutated = fc
  .tuple(
    fc.constantFrom(...fixtures),
    fc.array(fc.tuple(fc.nat(400), fc.oneof(fc.jsonValue() as fc.Arbitrary<Json>, fc.constant(undefined))), {
      minLength: 1,
      maxLength: 4,
    }),
  )
  .map(([body, changes]) => changes.reduce<Json>((whole, [at, value]) => changed(whole, at, value), body))

/** The tree with its `at`th node (going round) replaced; `undefined` removes it. */
function changed(body: Json, at: number, value: Json | undefined): Json {
  const copy = structuredClone(body)
  const places: [Json[] | { [key: string]: Json }, string][] = []
  const walk = (node: Json) => {
    if (node === null || typeof node !== 'object') return
    for (const key of Object.keys(node)) {
      places.push([node, key])
      walk((node as { [key: string]: Json })[key] ?? null)
    }
  }
  walk(copy)
  const place = places[at % Math.max(places.length, 1)]
  if (place === undefined) return copy
  const [node, key] = place as [{ [key: string]: Json }, string]
  if (value === undefined) delete node[key]
  else node[key] = value
  return copy
}

test('whatever Meta signs is answered by 200, and what is received can be kept', async () => {
  const body = fc.oneof(
    { weight: 4, arbitrary: mutated.map((json) => JSON.stringify(json)) },
    { weight: 1, arbitrary: fc.json() },
    { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
  )
  await fc.assert(
    fc.asyncProperty(body, async (text) => {
      expect(await post(harness.url, text)).toBe(200)
      for (const message of harness.received.splice(0)) {
        expect(message.conversationId).toMatch(/^[A-Za-z0-9]{22}$/)
        expect(new Date(message.at).toISOString()).toBe(message.at)
        expect(JSON.parse(JSON.stringify(message))).toEqual(message)
      }
    }),
    { numRuns: NUMBER_OF_RUNS },
  )
}, 1_800_000)

test('whatever another signs is refused, and nothing of it received', async () => {
  const bytes = fc.oneof(
    mutated.map((json) => Buffer.from(JSON.stringify(json))),
    fc.uint8Array().map((array) => Buffer.from(array)),
  )
  await fc.assert(
    fc.asyncProperty(bytes, fc.string(), async (body, secret) => {
      expect(await post(harness.url, body, `${secret}x`)).toBe(401)
      expect(harness.received).toEqual([])
    }),
    { numRuns: Math.ceil(NUMBER_OF_RUNS / 4) },
  )
}, 1_800_000)

test('a choice that can be pressed says its question and its value whatever they are', () => {
  fc.assert(
    fc.property(
      fc.option(fc.string({ minLength: 1 })),
      fc.string({ unit: 'grapheme' }),
      (question, value) => {
        const questionId = question ?? undefined
        fc.pre(canBePressed([{ title: 'x', value }], questionId))
        const read = readChoiceId(choiceId(questionId, value))
        expect(read).toEqual({ value, ...(questionId !== undefined && { questionId }) })
      },
    ),
    { numRuns: NUMBER_OF_RUNS },
  )
})

test('whatever a turn says, what it is shaped into is taken by Meta, and no choice is lost', async () => {
  const words = fc.string({ unit: 'grapheme', maxLength: 90 })
  const long = fc.integer({ min: 0, max: 5000 }).map((length) => 'Uma frase. '.repeat(length / 11))
  const choice = fc.record({ title: words, value: fc.oneof(words, fc.string({ maxLength: 300 })) })
  const bubble = fc.record({
    text: fc.oneof(words, long),
    choices: fc.option(fc.array(choice, { minLength: 1, maxLength: 12 }), { nil: undefined }),
    link: fc.option(fc.record({ title: words, url: fc.webUrl() }), { nil: undefined }),
    questionId: fc.option(fc.stringMatching(/^[a-z0-9.]{1,40}$/), { nil: undefined }),
  })
  const person = contactOf({ bsuid: 'BR.ana' })
  await fc.assert(
    fc.asyncProperty(fc.array(bubble, { minLength: 1, maxLength: 4 }), async (bubbles) => {
      harness.graph.sends.length = 0
      const given = bubbles.map((each) =>
        Object.fromEntries(Object.entries(each).filter(([, value]) => value !== undefined)),
      )
      const shaped =
        harness.channel.shape?.(given as Parameters<NonNullable<Harness['channel']['shape']>>[0]) ?? []
      for (const each of shaped) await harness.channel.send(outbound(each), person)
      expect(harness.graph.sends).toHaveLength(shaped.length)
      const said = plain(harness.graph.sends.flatMap((sent) => stringsIn(sent.body as Json)).join(' '))
      for (const { title } of bubbles.at(-1)?.choices ?? []) expect(said).toContain(plain(title))
    }),
    { numRuns: Math.ceil(NUMBER_OF_RUNS / 4) },
  )
}, 1_800_000)

function plain(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}

function stringsIn(node: Json): string[] {
  if (typeof node === 'string') return [node]
  return node !== null && typeof node === 'object' ? Object.values(node).flatMap(stringsIn) : []
}
