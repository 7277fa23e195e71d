/**
 * Breaks one thing at a time in the rules of the law and runs their tests against it, in this process and without
 * jest. Usage: npm run law:mutate -- [--every=N] [part of a file name …]. Prints what no test noticed and the share
 * noticed; with --every only each Nth change is tried.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { parseSync, transformSync } from '@swc/core'
import { projectFile } from '../../src/files'

/** What the score is about: the rules, and what judges and pays by them. */
const subjects = [
  ...['art15', 'art16', 'art17', 'art18', 'art19', 'art20', 'art21', 'direito-adquirido', 'lc142', 'rural'],
  ...['rule', 'toll'],
]
  .map((name) => `src/law/rules/${name}.ts`)
  .concat(
    [
      'requirement',
      'benefit',
      'average',
      'fator',
      'conversion',
      'readjustment',
      'tempo',
      'record',
      'adjustments',
    ]
      .concat('comparison')
      .map((name) => `src/law/${name}.ts`),
  )
/** Cheapest first: most mutants fall to the first. */
const suites = ['cases', 'record', 'amounts', 'requests'].map((name) => `test/law/${name}.test.ts`)
const patience = 120_000

type Mutant = { file: string; line: number; what: string; source: string }
type Verdict = { killed: boolean; by: string }

// biome-ignore lint/suspicious/noExplicitAny: the tree of a parser without types for walking
type Node = any

/** Every change of a file, each alone. */
function mutantsOf(file: string): Mutant[] {
  // The parser counts bytes, from the first token on.
  const source = Buffer.from(`0;${readFileSync(projectFile(file), 'utf8')}`)
  const tree: Node = parseSync(source.toString(), { syntax: 'typescript' })
  const base: number = tree.span.start
  const mutants: Mutant[] = []
  const text = (node: Node) => source.subarray(node.span.start - base, node.span.end - base).toString()
  const change = (from: number, to: number, replacement: string, what: string) => {
    const before = source.subarray(0, from)
    const mutated = Buffer.concat([before, Buffer.from(replacement), source.subarray(to)])
    const line = before.toString().split('\n').length
    mutants.push({ file, line, what, source: mutated.subarray(2).toString() })
  }
  const replace = (node: Node, replacement: string) =>
    change(
      node.span.start - base,
      node.span.end - base,
      replacement,
      `${brief(text(node))} → ${brief(replacement)}`,
    )
  const visit = (node: Node): void => {
    if (Array.isArray(node)) {
      for (const each of node) visit(each)
      return
    }
    if (typeof node !== 'object' || node === null) return
    if (/^Ts|ImportDeclaration/.test(node.type ?? '')) {
      if (node.type !== 'TsAsExpression' && node.type !== 'TsNonNullExpression') return
    }
    if (node.type === 'BinaryExpression') {
      for (const operator of operators[node.operator] ?? []) {
        replace(node, `${text(node.left)} ${operator} ${text(node.right)}`)
      }
    }
    if (node.type === 'NumericLiteral') replace(node, `(${node.value} + 1)`)
    if (node.type === 'BooleanLiteral') replace(node, String(!node.value))
    if (node.type === 'ConditionalExpression') replace(node.test, `!(${text(node.test)})`)
    if (node.type === 'IfStatement') replace(node.test, `!(${text(node.test)})`)
    if (node.type === 'UnaryExpression' && node.operator === '!') replace(node, text(node.argument))
    if (node.type === 'MemberExpression' && node.property.type === 'Identifier') {
      const other = methods[node.property.value]
      if (other !== undefined) replace(node.property, other)
    }
    if (node.type === 'StringLiteral' && words[node.value] !== undefined)
      replace(node, `'${words[node.value]}'`)
    if (node.type === 'ArrayExpression' && node.elements.length > 1) {
      node.elements.forEach((element: Node, index: number) => {
        if (
          element?.expression?.type !== 'CallExpression' &&
          element?.expression?.type !== 'ObjectExpression'
        )
          return
        const others = node.elements.filter((_: Node, at: number) => at !== index)
        replace(
          node,
          `[${others.map((each: Node) => `${each.spread ? '...' : ''}${text(each.expression)}`).join(', ')}]`,
        )
      })
    }
    for (const key of Object.keys(node)) if (key !== 'span') visit(node[key])
  }
  visit(tree.body.slice(1))
  return mutants
}

const operators: Record<string, string[]> = {
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '===': ['!=='],
  '!==': ['==='],
  '+': ['-'],
  '-': ['+'],
  '*': ['/'],
  '/': ['*'],
  '&&': ['||'],
  '||': ['&&'],
  '??': ['&&'],
}
const methods: Record<string, string> = {
  max: 'min',
  min: 'max',
  floor: 'ceil',
  ceil: 'floor',
  some: 'every',
  every: 'some',
  filter: 'slice',
}
const words: Record<string, string> = { all: 'fullRate', fullRate: 'all', withRural: 'all', never: 'always' }

function brief(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ')
  return line.length > 60 ? `${line.slice(0, 57)}…` : line
}

/** Project files compiled once, and modules of a run: the mutated file in place of its own. */
const compiled = new Map<string, string>()
function compile(path: string, source: string): string {
  return transformSync(source, {
    filename: path,
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'commonjs' },
  }).code
}

const real = createRequire(__filename)
const { expect } = real('expect')
const yaml = real('yaml')
const documents = new Map<string, unknown>()
/** The same parameter files are read for every mutant: their text is parsed once. */
const rememberingYaml = {
  parse(text: string) {
    if (!documents.has(text)) documents.set(text, yaml.parse(text))
    return structuredClone(documents.get(text))
  },
}

function loader(mutant: Mutant, globals: Record<string, unknown>) {
  const cache = new Map<string, { exports: unknown }>()
  const load = (path: string): unknown => {
    const known = cache.get(path)
    if (known !== undefined) return known.exports
    if (path.endsWith('.json')) return JSON.parse(readFileSync(path, 'utf8'))
    let code = compiled.get(path)
    if (relative(projectFile('.'), path) === mutant.file) code = compile(path, mutant.source)
    else if (code === undefined) {
      code = compile(path, readFileSync(path, 'utf8'))
      compiled.set(path, code)
    }
    const module = { exports: {} }
    cache.set(path, module)
    const names = Object.keys(globals)
    const run = new Function('module', 'exports', 'require', '__filename', '__dirname', ...names, code)
    run(module, module.exports, requireFrom(path), path, dirname(path), ...names.map((name) => globals[name]))
    return module.exports
  }
  const requireFrom = (from: string) => (name: string) => {
    if (name === 'yaml') return rememberingYaml
    if (!name.startsWith('.')) return real(name)
    const path = join(dirname(from), name)
    return load(path.endsWith('.json') ? path : resolveTs(path))
  }
  return load
}

function resolveTs(path: string): string {
  for (const candidate of [`${path}.ts`, join(path, 'index.ts')]) {
    if (compiled.has(candidate)) return candidate
    try {
      readFileSync(candidate)
      return candidate
    } catch {}
  }
  throw new Error(`no module ${path}`)
}

type Body = (...args: unknown[]) => unknown
/** describe, it and what goes with them, run at once: the first failing test throws. */
function testGlobals(): Record<string, unknown> {
  const run = (_name: string, body: Body) => body()
  const each =
    (table: readonly unknown[]) =>
    (_name: string, body: Body): void => {
      for (const row of table) body(...(Array.isArray(row) ? row : [row]))
    }
  const block = Object.assign(run, { each })
  const hook = (body: Body) => body()
  return { describe: block, it: block, test: block, expect, beforeAll: hook, afterAll: () => undefined }
}

function judge(mutant: Mutant): Verdict {
  for (const suite of suites) {
    try {
      loader(mutant, testGlobals())(projectFile(suite))
    } catch {
      return { killed: true, by: suite }
    }
  }
  return { killed: false, by: '' }
}

function startWorker(): ChildProcess {
  return fork(__filename, ['worker'], { execArgv: ['--import', 'tsx'] })
}

async function ask(worker: ChildProcess, mutant: Mutant): Promise<Verdict | undefined> {
  return new Promise((resolve) => {
    const late = setTimeout(() => resolve(undefined), patience)
    worker.once('message', (verdict: Verdict) => {
      clearTimeout(late)
      resolve(verdict)
    })
    worker.send(mutant)
  })
}

async function main(): Promise<void> {
  const given = process.argv.slice(2)
  const every = Number(given.find((each) => each.startsWith('--every='))?.slice('--every='.length) ?? 1)
  const wanted = given.filter((each) => !each.startsWith('--'))
  const files = subjects.filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  let worker = startWorker()
  const untouched = await ask(worker, { file: 'none', line: 0, what: '', source: '' })
  if (untouched?.killed !== false) throw new Error(`the tests fail unbroken: ${untouched?.by ?? 'too slow'}`)
  let all = 0
  let killed = 0
  for (const file of files) {
    let own = 0
    const mutants = mutantsOf(file).filter((_mutant, index) => index % every === 0)
    for (const mutant of mutants) {
      const verdict = await ask(worker, mutant)
      if (verdict === undefined) {
        worker.kill('SIGKILL')
        worker = startWorker()
      }
      if (verdict?.killed === false) process.stdout.write(`  alive ${file}:${mutant.line} ${mutant.what}\n`)
      else own += 1
    }
    all += mutants.length
    killed += own
    process.stdout.write(`${file}: ${own} of ${mutants.length}\n`)
  }
  process.stdout.write(`killed ${killed} of ${all}: ${((100 * killed) / all).toFixed(1)} %\n`)
  worker.kill()
}

if (process.argv[2] !== 'worker') void main()
else process.on('message', (mutant: Mutant) => process.send?.(judge(mutant)))
