import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError } from '../../src/errors'
import { defaultCitizensFolder, loadCitizens } from '../../src/inss-api/sandbox/index'

const sound = readFileSync(join(defaultCitizensFolder, '08-benedito.yaml'), 'utf8')

/** The message of the refusal of a folder with these files. */
function refusal(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'citizens-'))
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
    loadCitizens(folder, '2026-11-23')
  } catch (error) {
    if (error instanceof AppError && error.code === 'config_invalid')
      return error.message.replace(`${folder}`, 'folder')
    throw error
  } finally {
    rmSync(folder, { recursive: true })
  }
  throw new Error('the folder was accepted')
}

const changed = (from: string | RegExp, to: string) => {
  const text = sound.replace(from, to)
  if (text === sound) throw new Error('nothing changed')
  return refusal({ 'a.yaml': text })
}

describe('a folder of citizens is refused, naming file, field and what was expected,', () => {
  test.each([
    ['an unknown field', changed('sex: M', 'sex: M\nheight: 180'), 'a.yaml: Unrecognized key: "height"'],
    [
      'a missing field',
      changed(/^mother: .*\n/m, ''),
      'a.yaml: mother: Invalid input: expected string, received undefined',
    ],
    [
      'a wrong CPF',
      changed('000.008.008-05', '000.008.008-06'),
      'a.yaml: cpf: expected a CPF that starts with 000 and has right check digits',
    ],
    [
      'a real person’s range of CPF',
      changed('000.008.008-05', '529.982.247-25'),
      'a.yaml: cpf: expected a CPF that starts with 000 and has right check digits',
    ],
    [
      'a wrong benefit number',
      changed('999.000.014-5', '999.000.014-6'),
      'a.yaml: benefits.0.number: expected ten digits, the last one the right check digit',
    ],
    [
      'an unclear date',
      changed('71y1m ago', 'long ago'),
      'a.yaml: born: expected a date: YYYY-MM-DD, today, "62y2m ago", "in 3m" or "at 18y"',
    ],
    [
      'a day that does not exist',
      changed('71y1m ago', '1955-02-30'),
      'a.yaml: born: expected a day that exists',
    ],
    [
      'an unclear salary',
      changed('pay: 1 to 1.3 minimums', 'pay: good'),
      'a.yaml: record.0.pay: expected a salary: minimum, "1.5 minimums", "1.2 to 3 minimums", "0.8 ceilings", "R$ 2.500,00" or none',
    ],
    [
      'a job without employer',
      changed('employer: Cerâmica Santa Rita Ltda, ', ''),
      'a.yaml: record.0.employer: expected the name of who employs',
    ],
    [
      'a child at work',
      changed('at 24y', 'at 9y'),
      'a.yaml: record, Cerâmica Santa Rita Ltda from 1964-10-01: expected a start from 1969-10-23 on',
    ],
    [
      'a job that ends before it begins',
      changed('to: "at 33y"', 'to: "at 23y"'),
      'a.yaml: record, Cerâmica Santa Rita Ltda from 1979-10-01: expected an end after the start and up to 2026-11-23, not 1978-10-31',
    ],
    [
      'two jobs at one employer at a time',
      changed(
        /employer: Transportes Serra e Mar Ltda,\s+from: "at 40y"/,
        'employer: Cerâmica Santa Rita Ltda, from: "at 30y"',
      ),
      "a.yaml: record, Cerâmica Santa Rita Ltda from 1985-10-01: expected to begin after the end of the same source's 1979-10-01",
    ],
    [
      'a loan above the margin',
      changed('24% of the benefit', '36% of the benefit'),
      /^a\.yaml: benefits\.0\.deductions: expected loans up to 35% and card up to 5% in 20\d\d-\d\d/,
    ],
    [
      'a loan that begins in no month',
      changed('20 payments ago', 'some payments ago'),
      /^a\.yaml: benefits\.0\.deductions\.0\.from: /,
    ],
    ['broken YAML', refusal({ 'a.yaml': 'what: "no end' }), /^a\.yaml: .*at line 1/],
    [
      'text that is no citizen',
      refusal({ 'a.yaml': 'hello' }),
      'a.yaml: Invalid input: expected object, received string',
    ],
    [
      'two people with one CPF',
      refusal({ 'a.yaml': sound, 'b.yaml': sound }),
      /^Benedito Cardoso Leme: expected another CPF/,
    ],
    [
      'an empty folder',
      refusal({ 'readme.txt': 'nothing' }),
      'folder: expected at least one .yaml file of a citizen',
    ],
  ])('for %s', (_what, message, expected) => {
    if (typeof expected === 'string') expect(message.split('\n')[0]).toBe(expected)
    else expect(message).toMatch(expected)
  })

  test('when it is not there', () => {
    expect(() => loadCitizens('/nowhere/at/all', '2026-11-23')).toThrow(
      '/nowhere/at/all: expected a readable folder of citizens',
    )
  })

  test('with all the faults of all the files at once', () => {
    const message = refusal({
      'a.yaml': sound.replace('sex: M', 'sex: X'),
      'b.yaml': sound.replace(/^cep: .*$/m, 'cep: 12'),
    })
    expect(message.split('\n').map((line) => line.split(':')[0])).toEqual(['a.yaml', 'b.yaml'])
  })
})
