import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import law from '../../locales/pt-BR/law.json'
import { projectFile } from '../../src/files'
import { knownIndicators } from '../../src/law/indicators'
import { rules } from '../../src/law/rules'

const texts: Record<string, string> = law

function sources(folder: string): string {
  return readdirSync(projectFile(folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(projectFile(folder), file), 'utf8'))
    .join('\n')
}

describe('the words of the law', () => {
  const code = sources('src/law')

  it('name every rule', () => {
    expect(rules.map((rule) => `rule_${rule.id}`).filter((key) => texts[key] === undefined)).toEqual([])
  })

  it('say every condition, met and missing', () => {
    const [, union = ''] = /export type ConditionId =([\s\S]*?)\n\n/.exec(code) ?? []
    const ids = [...union.matchAll(/'(\w+)'/g)].map((match) => match[1])
    expect(ids.length).toBeGreaterThan(15)
    const keys = ids.flatMap((id) => [`condition_${id}_met`, `condition_${id}_missing`])
    expect(keys.filter((key) => texts[key] === undefined)).toEqual([])
  })

  it('say every assumption', () => {
    const ids = [...code.matchAll(/(?:assumption\(|assumptions\.push\()\s*'(\w+)'/g)].map((match) => match[1])
    expect(ids.length).toBeGreaterThan(15)
    expect(ids.filter((id) => texts[`assumption_${id}`] === undefined)).toEqual([])
  })

  it('say what each rule leaves out', () => {
    const keys = rules.flatMap((rule) => rule.notModelled.map((id) => `not_modelled_${id}`))
    expect(keys.filter((key) => texts[key] === undefined)).toEqual([])
  })

  it('explain every indicator', () => {
    const keys = Object.keys(knownIndicators).map((code) => `indicator_${code}`)
    expect(keys.filter((key) => texts[key] === undefined)).toEqual([])
  })

  it('hold nothing that nothing uses', () => {
    const known = new Set([
      ...rules.map((rule) => `rule_${rule.id}`),
      ...Object.keys(knownIndicators).map((code) => `indicator_${code}`),
    ])
    const unused = Object.keys(texts).filter((key) => {
      if (known.has(key)) return false
      const id = key.replace(/^(assumption|condition|not_modelled)_/, '').replace(/_(met|missing)$/, '')
      return !code.includes(`'${id}'`)
    })
    expect(unused).toEqual([])
  })
})
