import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import law from '../../locales/pt-BR/law.json'
import { projectFile } from '../../src/files'

const texts: Record<string, string> = law
const folder = projectFile('src/law/benefits')
const code = [...readdirSync(folder).map((file) => join(folder, file)), projectFile('src/law/maternity.ts')]
  .map((file) => readFileSync(file, 'utf8'))
  .join('\n')

describe('the words of the benefits', () => {
  it('say every condition, met and missing', () => {
    const [, union = ''] = /export type BenefitConditionId =([\s\S]*?)\n\n/.exec(code) ?? []
    const ids = [...union.matchAll(/'(\w+)'/g)].map((match) => match[1])
    expect(ids.length).toBeGreaterThan(20)
    const keys = ids.flatMap((id) => [`condition_${id}_met`, `condition_${id}_missing`])
    expect(keys.filter((key) => texts[key] === undefined)).toEqual([])
  })

  it('say what each leaves out', () => {
    const lists = [...code.matchAll(/notModelled(?::| =) \[([^\]]*)\]/g)].map((match) => match[1] ?? '')
    const ids = lists.flatMap((each) => [...each.matchAll(/'(\w+)'/g)].map((match) => match[1]))
    expect(lists.length).toBeGreaterThan(13)
    expect(ids.length).toBeGreaterThan(40)
    expect(ids.filter((id) => texts[`not_modelled_${id}`] === undefined)).toEqual([])
  })
})
