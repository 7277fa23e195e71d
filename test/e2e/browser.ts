import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const EXECUTABLE = '/usr/bin/chromium'

/** Debian's Chromium, if it is there. */
const installed = existsSync(EXECUTABLE)

/**
 * Like `describe`, for tests that need a real browser. Without one they are skipped and say so; where
 * nothing may be skipped (`REQUIRE_SYSTEM_PACKAGES=1`) they fail instead.
 */
export function describeInBrowser(name: string, tests: () => void): void {
  const required = process.env.REQUIRE_SYSTEM_PACKAGES === '1'
  if (installed || required) describe(name, tests)
  else describe.skip(`${name} (skipped: install chromium from the distribution to run these)`, tests)
}

/** Starts the browser without anything that calls home. @throws when Chromium is not installed */
export async function launchBrowser(): Promise<Browser> {
  if (!installed) throw new Error(`no ${EXECUTABLE}: apt-get install chromium`)
  return chromium.launch({
    executablePath: EXECUTABLE,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}
