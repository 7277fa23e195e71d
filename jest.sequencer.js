const Sequencer = require('@jest/test-sequencer').default

/** Long, though their files are short: by its size Jest would begin them last, and the others would wait for them. */
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
