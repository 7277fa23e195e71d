import { explain } from '../../src/nlu/explain'
import { loadUnderstanding } from '../../src/nlu/index'
import { MODEL_FILE, readModel } from '../../src/nlu/model-file'
import { ensureModel } from '../../src/nlu/train'

test('an explanation shows what was folded, corrected, denied and weighed', () => {
  ensureModel()
  const lines = explain(
    'Ñ quero simular, qro ver meu bolça família',
    readModel(MODEL_FILE),
    loadUnderstanding()('Ñ quero simular, qro ver meu bolça família'),
  )
  expect(lines).toEqual(
    expect.arrayContaining([
      'folded      n quero simular, qro ver meu bolca familia',
      expect.stringMatching(/^corrected .*bolsafamilia/),
      expect.stringMatching(/^clauses .*\(denied\) n quero simular \| qro ver meu bolca familia/),
      expect.stringMatching(/^intent +out_of_scope \d+\.\d %, understood/),
      expect.stringMatching(/^ {2}\+\d\.\d\d sign "bolsafamilia"/),
    ]),
  )
}, 120_000)
