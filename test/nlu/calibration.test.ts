import { loadLexicon } from '../../src/nlu/lexicon'
import { hashOf } from '../../src/nlu/model-file'
import { loadPhrases } from '../../src/nlu/phrases'
import { readCalibration } from '../../src/nlu/train'

it('the kept calibration was measured on these very phrases (else run: npm run nlu:train)', () => {
  const { hash, temperature, threshold } = readCalibration()
  expect(hash).toBe(hashOf(loadLexicon(), loadPhrases()))
  expect(temperature).toBeGreaterThan(0)
  expect(threshold).toBeGreaterThan(0)
  expect(threshold).toBeLessThan(1)
})
