import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { projectFile } from '../../src/files'
import { calendar, loadParameters, type SimulationRequest, simulateRetirement } from '../../src/law'
import { parameterFolder, requestOf } from './world'

const parameters = loadParameters(parameterFolder)
const folder = projectFile('test/law')

const text = z.string()
const caseSchema = z.strictObject({
  name: text,
  source: text,
  on: text.optional(),
  rule: text,
  given: z.record(text, z.unknown()),
  expect: z.strictObject({
    absent: z.literal(true).optional(),
    entitled: z.boolean().optional(),
    entitledOn: text.nullable().optional(),
    conditions: z.record(text, z.record(text, z.union([text, z.boolean()]))).optional(),
    benefit: z.record(text, z.unknown()).nullable().optional(),
    totals: z.record(text, z.unknown()).optional(),
    best: z.record(text, z.unknown()).optional(),
    assumptions: z.array(text).optional(),
    notAssumed: z.array(text).optional(),
    pending: z.array(z.record(text, z.unknown())).optional(),
  }),
})

for (const file of readdirSync(folder).filter((name) => name.endsWith('.yaml'))) {
  const cases = z.array(caseSchema).parse(parse(readFileSync(join(folder, file), 'utf8')))
  describe(file, () => {
    test.each(cases.map((each) => [each.name, each] as const))(
      '%s',
      (_name, { on, rule, given, expect: expected }) => {
        const request = requestOf(given, on ?? '2026-11-23')
        const answer = simulateRetirement(parameters, request)
        const found = answer.rules.find((each) => each.id === rule)
        if (expected.absent) {
          expect(found).toBeUndefined()
          return
        }
        if (found === undefined) throw new Error(`${rule} was left out`)
        if (expected.entitled !== undefined) expect(found.entitled).toBe(expected.entitled)
        if (expected.entitledOn !== undefined) expect(found.entitledOn).toBe(expected.entitledOn)
        for (const [id, condition] of Object.entries(expected.conditions ?? {})) {
          expect(found.conditions.find((each) => each.id === id)).toMatchObject(condition)
        }
        if (expected.benefit !== undefined) {
          if (expected.benefit === null) expect(found.benefit).toBeNull()
          else expect(found.benefit).toMatchObject(expected.benefit)
        }
        if (expected.totals !== undefined) expect(answer.totals).toMatchObject(expected.totals)
        if (expected.best !== undefined) expect(answer.best).toMatchObject(expected.best)
        if (expected.pending !== undefined) expect(answer.pending).toMatchObject(expected.pending)
        const assumed = answer.assumptions.map((each) => each.id)
        expect(assumed).toEqual(expect.arrayContaining(expected.assumptions ?? []))
        for (const id of expected.notAssumed ?? []) expect(assumed).not.toContain(id)
        if (typeof expected.entitledOn === 'string') expectEdge(request, rule, expected.entitledOn)
      },
    )
  })
}

/** The day before there is no right, on the day and the day after there is. */
function expectEdge(request: SimulationRequest, rule: string, day: string): void {
  if (request.summary === undefined || Array.isArray(request.summary.afterReform)) return
  const known = request.summary.timeUntil?.date ?? '2019-11-13'
  const entitled = (asOf: string) =>
    simulateRetirement(parameters, { ...request, asOf }).rules.find((each) => each.id === rule)?.entitled
  const before = calendar.addDays(day, -1)
  if (before >= known) expect([before, entitled(before)]).toEqual([before, false])
  if (day >= known) expect([day, entitled(day)]).toEqual([day, true])
  const after = calendar.addDays(day, 1)
  if (after >= known) expect([after, entitled(after)]).toEqual([after, true])
}
