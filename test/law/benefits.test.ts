import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { projectFile } from '../../src/files'
import * as schemas from '../../src/inss-api/schemas/calculations'
import * as law from '../../src/law'
import { parameterFolder } from './world'

const parameters = law.loadParameters(parameterFolder)
const folder = projectFile('test/law/benefits')

/** Each file's calculator, behind the schema that guards it in the API: a misspelt fact does not pass unseen. */
const calculators: Record<string, (given: unknown) => unknown> = {
  acumulacao: (given) => law.acumulacao(parameters, schemas.accumulationRequest.parse(given)),
  'aposentadoria-incapacidade-permanente': (given) =>
    law.aposentadoriaIncapacidadePermanente(
      parameters,
      withPeriods(schemas.permanentIncapacityRequest.parse(given)),
    ),
  'auxilio-acidente': (given) =>
    law.auxilioAcidente(parameters, withPeriods(schemas.accidentRequest.parse(given))),
  'auxilio-incapacidade-temporaria': (given) =>
    law.auxilioIncapacidadeTemporaria(
      parameters,
      withPeriods(schemas.temporaryIncapacityRequest.parse(given)),
    ),
  'auxilio-reclusao': (given) =>
    law.auxilioReclusao(parameters, withPeriods(schemas.prisonRequest.parse(given))),
  bpc: (given) => {
    const { on = '2026-11-23', ...facts } = schemas.bpcRequest.parse(given)
    return law.bpc(parameters, { on, ...facts })
  },
  consignado: (given) =>
    law.margemConsignavel(
      parameters,
      z
        .strictObject({
          on: z.string(),
          kind: z.enum(['previdenciario', 'bpc']),
          netAmount: z.int().optional(),
        })
        .parse(given),
    ),
  contribuicao: (given) => law.contribuicao(parameters, schemas.contributionRequest.parse(given)),
  'complemento-da-contribuicao': (given) =>
    law.complementoDaContribuicao(parameters, schemas.complementRequest.parse(given)),
  'decimo-terceiro': (given) => law.decimoTerceiro(parameters, schemas.thirteenthRequest.parse(given)),
  'pensao-por-morte': (given) =>
    law.pensaoPorMorte(parameters, withPeriods(schemas.survivorPensionRequest.parse(given))),
  'salario-familia': (given) => law.salarioFamilia(parameters, schemas.familyAllowanceRequest.parse(given)),
  'salario-maternidade': (given) => {
    const { history, ...facts } = schemas.maternityRequest.parse(given)
    return law.maternityPay(parameters, { ...facts, history: withPeriods({ history }).history ?? [] })
  },
  'seguro-defeso': (given) => law.seguroDefeso(parameters, schemas.closedSeasonRequest.parse(given)),
}

type Given = z.output<typeof schemas.temporaryIncapacityRequest>['history']

function withPeriods<B extends { history?: Given }>(
  body: B,
): Omit<B, 'history'> & { history?: law.HistoryPeriod[] } {
  const { history, ...rest } = body
  if (history === undefined) return rest
  const periods = history.map((each) => ({
    ...each,
    end: each.end ?? null,
    plan: each.plan ?? undefined,
    salaries: { ...each.salaries },
  }))
  return { ...rest, history: periods }
}

const text = z.string()
const caseSchema = z
  .strictObject({
    name: text,
    source: text,
    given: z.record(text, z.unknown()),
    /** Fields of the answer; `conditions` by id. */
    expect: z.record(text, z.unknown()).optional(),
    /** The parameter that does not reach the day asked. */
    gap: text.optional(),
  })
  .refine((each) => (each.expect === undefined) !== (each.gap === undefined), 'needs expect or gap')

for (const file of readdirSync(folder).filter((name) => name.endsWith('.yaml'))) {
  const cases = z.array(caseSchema).parse(parse(readFileSync(join(folder, file), 'utf8')))
  const compute = calculators[basename(file, '.yaml')]
  describe(file, () => {
    test.each(cases.map((each) => [each.name, each] as const))(
      '%s',
      (_name, { given, expect: expected, gap }) => {
        if (compute === undefined) throw new Error(`there is no calculator for ${file}`)
        if (gap !== undefined) {
          expect(() => compute(given)).toThrow(expect.objectContaining({ name: 'LawGap', parameter: gap }))
          return
        }
        const found = z.looseObject({}).parse(compute(given))
        const { conditions: wanted = {}, ...rest } = expected ?? {}
        expect(found).toMatchObject(rest)
        const conditions = z
          .array(z.looseObject({ id: text, source: text.min(1) }))
          .parse(found.conditions ?? [])
        for (const [id, condition] of Object.entries(wanted as Record<string, object>))
          expect(conditions.find((each) => each.id === id)).toMatchObject(condition)
      },
    )
  })
}

test('every calculator has its cases', () => {
  const files = readdirSync(folder).map((name) => basename(name, '.yaml'))
  expect(files.sort()).toEqual(Object.keys(calculators).sort())
})
