/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  transform: {
    '^.+\\.(t|j|mj|cj)s$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
    ],
  },
  // These ship as ES modules only; jest's CommonJS runtime needs them transformed.
  transformIgnorePatterns: [
    '/node_modules/(?!(@electric-sql|openid-client|oauth4webapi|jose|oidc-provider|intl-messageformat|@formatjs|nanoid|eta|quick-lru|object-hash|uuid|cookie)/)',
  ],
  // For what hangs: a real browser or server beside other suites takes its time.
  testTimeout: 60_000,
  testSequencer: '<rootDir>/jest.sequencer.js',
  // Many of them wait for a server to die or to start: every core has one to run meanwhile.
  maxWorkers: '100%',
}
