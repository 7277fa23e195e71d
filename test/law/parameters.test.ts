import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'
import { projectFile } from '../../src/files'
import { ceiling, decisionDeadline, LawGap, loadParameters, minimumWage, ParameterFault } from '../../src/law'
import { parameterFolder } from './world'

const parameters = loadParameters(parameterFolder)
const broken = projectFile('test/law/broken')

describe('a parameter file that does not say dated, sourced law', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'law-'))
    cpSync(parameterFolder, folder, { recursive: true })
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  it.each(readdirSync(broken))('%s does not load, and says why', (fixture) => {
    const text = readFileSync(join(broken, fixture), 'utf8')
    const [, file = ''] = /^# file: (.+)$/m.exec(text) ?? []
    const [, message = ''] = /^# expects: (.+)$/m.exec(text) ?? []
    const sound = join(parameterFolder, file)
    writeFileSync(join(folder, file), text)
    expect(faultOf(() => loadParameters(folder))).toEqual([ParameterFault, message])
    if (existsSync(sound)) cpSync(sound, join(folder, file))
    else rmSync(join(folder, file))
  })

  it('is missed when it is not there', () => {
    rmSync(join(folder, 'teto.yaml'))
    expect(faultOf(() => loadParameters(folder))).toEqual([ParameterFault, 'teto.yaml: is missing'])
  })
})

function faultOf(load: () => unknown): unknown[] {
  try {
    load()
  } catch (fault) {
    return fault instanceof Error ? [fault.constructor, fault.message] : [fault]
  }
  return []
}

describe('the parameters', () => {
  const files = readdirSync(parameterFolder).map((file) => ({
    file,
    content: parse(readFileSync(join(parameterFolder, file), 'utf8')),
  }))

  it('say who checked them and until when', () => {
    for (const { file, content } of files) {
      expect([file, typeof content.description, typeof content.checked_on]).toEqual([
        file,
        'string',
        'string',
      ])
    }
  })

  it.each([
    ['2019-12-31', 99_800],
    ['2020-01-01', 103_900],
    ['2020-01-31', 103_900],
    ['2020-02-01', 104_500],
    ['2023-04-30', 130_200],
    ['2023-05-01', 132_000],
    ['2011-02-28', 54_000],
    ['2011-03-01', 54_500],
    ['2000-04-02', 13_600],
    ['2000-04-03', 15_100],
    ['2026-11-23', 162_100],
    ['2031-01-01', 162_100],
  ])('the minimum wage of %s is %d centavos', (date, amount) => {
    expect(minimumWage(parameters, date)).toBe(amount)
  })

  it.each([
    ['1998-12-15', 108_150],
    ['1998-12-16', 120_000],
    ['2003-12-31', 186_934],
    ['2004-01-01', 240_000],
    ['2006-07-31', 280_156],
    ['2006-08-01', 280_182],
    ['2026-11-23', 847_555],
  ])('the ceiling of %s is %d centavos', (date, amount) => {
    expect(ceiling(parameters, date)).toBe(amount)
  })

  it('have no value before the coverage begins: a gap, never zero', () => {
    expect(() => minimumWage(parameters, '1994-06-30')).toThrow(new LawGap('salario-minimo', '1994-06-30'))
    expect(() => ceiling(parameters, '1994-02-28')).toThrow(new LawGap('teto', '1994-02-28'))
  })
})

describe('the deadline to decide', () => {
  it.each([
    ['aposentadoria-idade', 90],
    ['aposentadoria-tempo-contribuicao', 90],
    ['salario-maternidade', 30],
    ['pensao-por-morte', 60],
  ])('of %s is %d days of reference', (service, days) => {
    expect(decisionDeadline(parameters, service)).toMatchObject({
      days,
      source: expect.stringContaining('RE 1.171.152'),
    })
  })

  it('of a service without one is a gap', () => {
    expect(() => decisionDeadline(parameters, 'bolsa-familia')).toThrow(LawGap)
  })
})
