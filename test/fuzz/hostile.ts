import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { MARKS } from './send'

/** Each property runs this often; `FUZZ_RUNS=100000` for a long search. */
export const RUNS = Number(process.env.FUZZ_RUNS ?? 40)

/** How long a property may take, in milliseconds. */
export const LONG = 3_600_000

/** Asserts a property of one request after another. */
export function always<T>(what: fc.Arbitrary<T>, holds: (value: T) => Promise<void>): Promise<void> {
  return fc.assert(fc.asyncProperty(what, holds), { numRuns: RUNS })
}

type Header = [name: string, value: string]

const words = (text: string) => text.split(' ')

const ODD = [
  ...[
    '',
    ' ',
    '\u0000',
    'a\u0000b',
    '\ud800',
    'x\udfff',
    '\u202eabc',
    '\ufeff',
    '\r\nset-cookie: zq7=1',
    '\u2028',
  ],
  ...words(
    '__proto__ constructor prototype toString hasOwnProperty null undefined NaN -1 1e400 9999-12-31 0000-00-00',
  ),
  ...words(
    '../../etc/passwd %00 % {{7*7}} <!-- ]]> { [ " \\ ~1 99:99 +275760-09-13T00:00:00.000Z 2026-11-25T13:00:00.000Z',
  ),
  'é'.repeat(3000),
  'a'.repeat(300_000),
]

/** Without halves of characters, which no address or form can hold. */
const wellFormed = (text: string) => Buffer.from(text).toString()

/** Words nobody would write. */
export const oddText: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...MARKS) },
  { weight: 3, arbitrary: fc.constantFrom(...ODD) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  { weight: 2, arbitrary: fc.string({ unit: 'grapheme', maxLength: 60 }) },
)

const oddKey = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', 'prototype', 'type', 'text', 'id', 'toString', '', '\u0000'),
  fc.string({ maxLength: 10 }),
)

const nested = fc
  .tuple(
    fc.constantFrom(1, 30, 100, 10_000),
    fc.constantFrom(['[', ']'], ['{"a":', '}'], ['{"__proto__":', '}']),
  )
  .map(([depth, [open = '', close = '']]) => `${open.repeat(depth)}1${close.repeat(depth)}`)

/** JSON as text, so that keys may be there twice, or be `__proto__`. */
export const oddJson: fc.Arbitrary<string> = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(
      { weight: 4, arbitrary: oddText.map((text) => JSON.stringify(text)) },
      fc.constantFrom(...words('null true false 0 -0 1e999 -1 0.1 9007199254740993 "sim" [] {}')),
      fc.double().map((number) => JSON.stringify(number)),
      nested,
    ),
    fc.array(tie('any'), { maxLength: 4 }).map((items) => `[${items.join(',')}]`),
    fc
      .array(fc.tuple(oddKey, tie('any')), { maxLength: 4 })
      .map((pairs) => `{${pairs.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}`),
  ),
})).any

type Change = { at: number; how: 'replace' | 'remove' | 'rename' | 'add'; key: string; value: string }

const change: fc.Arbitrary<Change> = fc.record({
  at: fc.nat(400),
  how: fc.constantFrom('replace', 'replace', 'replace', 'remove', 'rename', 'add'),
  key: oddKey,
  value: oddJson,
})

type Node = { [key: string]: unknown }

/** One of these bodies with one to three of its values or keys put into disorder, as JSON. */
export function disordered(...bodies: object[]): fc.Arbitrary<string> {
  return fc
    .tuple(fc.constantFrom(...bodies), fc.array(change, { minLength: 1, maxLength: 3 }))
    .map(([body, changes]) => {
      const odd: string[] = []
      const copy = structuredClone(body)
      for (const each of changes) disorder(copy, each, odd)
      return JSON.stringify(copy).replace(/"@@(\d+)"/g, (_, index) => odd[Number(index)] ?? 'null')
    })
}

/** Puts a place-holder where text that no object could hold is to stand. */
function disorder(body: object, { at, how, key, value }: Change, odd: string[]): void {
  const places: [Node, string][] = []
  const walk = (node: unknown) => {
    if (typeof node !== 'object' || node === null) return
    for (const [name, inner] of Object.entries(node)) {
      places.push([node as Node, name])
      walk(inner)
    }
  }
  walk(body)
  const [node, name] = places[at % Math.max(places.length, 1)] ?? [body as Node, 'x']
  const hold = (text: string) => `@@${odd.push(text) - 1}`
  if (how === 'replace') node[name] = hold(value)
  if (how === 'add') node[hold(JSON.stringify(key))] = hold(value)
  if (how === 'rename') node[hold(JSON.stringify(key))] = node[name]
  if (how === 'remove' || how === 'rename') delete node[name]
}

/** Any bytes; a real body cut short or with bytes changed; JSON of any shape; a real body in disorder. */
export function oddBody(...bodies: object[]): fc.Arbitrary<Buffer> {
  const damaged = fc
    .tuple(fc.constantFrom(...bodies), fc.nat(), fc.nat(), fc.nat(255))
    .map(([body, from, cut, byte]) => {
      const bytes = Buffer.from(JSON.stringify(body))
      bytes[from % bytes.length] = byte
      return cut % 2 === 0 ? bytes : bytes.subarray(0, cut % bytes.length)
    })
  return fc.oneof(
    { weight: 5, arbitrary: disordered(...bodies).map((text) => Buffer.from(text)) },
    { weight: 2, arbitrary: damaged },
    { weight: 1, arbitrary: oddJson.map((text) => Buffer.from(text)) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)) },
  )
}

/** A form as a browser sends it, with fields that may be there twice, and values nobody would type. */
export function oddForm(...names: string[]): fc.Arbitrary<string> {
  const name = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...names) }, { weight: 1, arbitrary: oddKey })
  const encoded = oddText.map((text) => encodeURIComponent(wellFormed(text)))
  const raw = fc.constantFrom('%', '%ff', '%E0%A4%A', '%u0041', '+', '=', '&&&', '%00', '%0d%0a')
  return fc
    .array(fc.tuple(name, fc.oneof({ weight: 4, arbitrary: encoded }, { weight: 1, arbitrary: raw })), {
      maxLength: 6,
    })
    .map((fields) => fields.map(([key, value]) => `${encodeURIComponent(key)}=${value}`).join('&'))
}

/** Headers that say another thing than the body is, or nothing anybody understands. */
const oddHeader = fc.constantFrom<Header>(
  ...named(
    'content-type',
    'application/json',
    'application/json; charset=utf-16',
    'application/json;charset="',
    '/',
  ),
  ...named(
    'Content-Type',
    'multipart/form-data',
    'multipart/form-data; boundary=',
    ';',
    'text/plain',
    '\xff/\xfe',
  ),
  ...named('content-type', `a/${'b'.repeat(2000)}`, 'application/x-www-form-urlencoded; charset=zq'),
  ...named('content-encoding', 'gzip', 'br', 'deflate', 'identity', 'zq', 'gzip, gzip', ''),
  ...named(
    'authorization',
    '',
    'Bearer',
    'Bearer ',
    'Bearer a.b.c',
    'Basic %%%',
    'Basic Og==',
    'zq\xff',
    'Bearer []',
  ),
  ...named(
    'cookie',
    '',
    ';;;',
    '=',
    'conversa=%ff',
    'conversa=a.b.c',
    '__proto__=1; conversa',
    '"',
    'a=b; a=c',
  ),
  ...named('origin', 'null', '', 'http://[', 'https://zq7.example', 'javascript:zq7'),
  ...named('host', '[', 'a b', 'zq7"><zq7>', '', 'x:99999999'),
  ...named('x-forwarded-for', "zq7'", '', '::1, x', ','),
  ...named('x-forwarded-host', 'zq7"><zq7>'),
  ...named('x-forwarded-proto', 'javascript'),
  ...named('content-disposition', 'attachment; filename="', 'x; filename="../../zq8\'zq8"'),
  ...named('sec-fetch-site', 'cross-site'),
  ...named('access-control-request-headers', '\xff, \x80'),
  ...named('range', 'bytes=0-,-1,5-1'),
  ...named('if-none-match', '*'),
  ...named('if-modified-since', 'ontem'),
  ...named('accept', 'zq/*;q=NaN,,'),
  ...named('expect', '100-continue'),
  ...named('x-http-method-override', 'DELETE'),
  ...named('__proto__', '1'),
  ...named('constructor', '1'),
  ...named('x'.repeat(500), 'y'.repeat(4000)),
)

function named(name: string, ...values: string[]): Header[] {
  return values.map((value) => [name, value])
}

/** None to three odd headers; one may be there twice. */
export const oddHeaders: fc.Arbitrary<Header[]> = fc.array(oddHeader, { maxLength: 3 })

/** What a place in a path or a query may hold: broken escapes, steps up, names of every object. */
const oddPart = fc.oneof(
  fc.constantFrom(
    ...words(
      '% %ff %E0%A4%A %00 %0d%0aset-cookie:zq7 .. %2e%2e %2f %5c . * ; :x ( %uD800 __proto__ constructor',
    ),
    ...words('%C0%AF %3Czq7%3E %22zq8%22 %27%22%3E%3Czq7%3E ~ {x}'),
    'a'.repeat(4000),
  ),
  fc.string({ unit: 'binary', maxLength: 20 }).map((text) => encodeURIComponent(wellFormed(text))),
  fc.webPath().map((path) => path.replace(/^\//, '')),
)

const oddQuery = fc.oneof(
  fc.constantFrom(
    '',
    '?',
    '?%',
    '?__proto__=1',
    '?a[__proto__][b]=1',
    '?a[b]=1&a=2',
    '?=',
    `?${'a&'.repeat(1500)}`,
  ),
  fc
    .tuple(fc.constantFrom('watermark', 't', 'state', 'code', 'error', 'limit', 'after'), oddPart)
    .map(([name, value]) => `?${name}=${value}&${name}=${value}`),
)

/** One of these paths, or what may come of it: a part changed, one more, a slash too many, a query. */
export function oddPath(...paths: string[]): fc.Arbitrary<string> {
  return fc
    .tuple(
      fc.constantFrom(...paths),
      fc.nat(5),
      fc.constantFrom('keep', 'keep', 'replace', 'append', 'double'),
      oddPart,
      oddQuery,
    )
    .map(([path, at, how, part, query]) => {
      const parts = path.slice(1).split('/')
      if (how === 'replace') parts[at % parts.length] = part
      if (how === 'append') parts.push(part)
      return `${how === 'double' ? '//' : '/'}${parts.join('/')}${query}`
    })
}

export const METHODS = words('GET HEAD POST PUT PATCH DELETE OPTIONS TRACE PROPFIND SEARCH')

/** More than a megabyte, as it is and pressed into less. */
export function tooMuch(inside: Buffer): { plain: Buffer; pressed: Buffer } {
  const plain = Buffer.concat([inside, Buffer.alloc(1024 * 1024 + 1 - inside.length, ' ')])
  return { plain, pressed: gzipSync(Buffer.concat([inside, Buffer.alloc(8 * 1024 * 1024, ' ')])) }
}
