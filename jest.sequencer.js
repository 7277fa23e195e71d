const Sequencer = require('@jest/test-sequencer').default

/** Where no run is remembered Jest goes by the size of the files, and would begin the first three of these last. */
const LONG = [
  'resilience/soak',
  'rendering/rendering',
  'conversations/conversations',
  'process/',
  'resilience/',
  'e2e/',
]

/** Orders the suites as Jest does, but the long ones first. */
module.exports = class extends Sequencer {
  sort(tests) {
    const place = ({ path }) => {
      const found = LONG.findIndex((start) => path.includes(`/test/${start}`))
      return found < 0 ? LONG.length : found
    }
    return super.sort(tests).sort((one, other) => place(one) - place(other))
  }
}
