import { mkdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Client } from 'whatsapp-web.js'
import { browserFlags, freeProfile, killGroup } from './processes'

/** Why one browser's life ended. `code` is ours or WhatsApp's, never a sentence. */
export type End = { why: 'unreachable' | 'disconnected' | 'lost' | 'planned' | 'stopped'; code: string }

export type SessionOptions = {
  /** Debian's: `/usr/bin/chromium`. */
  chromiumPath: string
  /** Keeps the browser profile, which is the linked device. */
  sessionFolder: string
  /** More arguments for the browser. */
  browserArgs?: string[]
  /** More rules of names, in the form of Chromium's `--host-resolver-rules`. */
  hostRules?: string[]
  /** How long WhatsApp's page may take to bring its program, in milliseconds. */
  pageMs: number
  /** How long after the page is open its word "synced" may have been missed, in milliseconds. */
  syncGraceMs: number
}

export type SessionEvents = {
  /** The library's client, before it starts: the place to listen to messages. */
  onClient(client: Client): void
  onCode(code: string): void
  /** WhatsApp is still loading. */
  onProgress(): void
  onAuthenticated(): void
  onReady(): void
  /** The page lost its line to WhatsApp and looks for it. */
  onWaver(state: string): void
  onSteady(): void
  /** From here on the browser is being closed, and nothing more is heard. */
  onEnd(): void
}

export type Session = {
  /** Resolves when the browser and all its processes are gone. Never rejects. */
  ended: Promise<End>
  end(why: End['why'], code: string): void
  /** The process group of the browser, once it runs. */
  group(): number | undefined
}

const CLOSE_MS = 5_000
const LAUNCH_MS = 30_000

/** WhatsApp's words for "this device is not linked any more". */
const UNLINKED = ['LOGOUT', 'UNPAIRED', 'UNPAIRED_IDLE']
/** WhatsApp's words for a line that is down and comes back by itself. */
const WAVERING = ['OPENING', 'PAIRING', 'TIMEOUT']

/**
 * One life of the browser, from launch to the last process gone, with the library inside. The library leaves some
 * promises without a catch, which would end our process; here each of them leads to `end`.
 */
export function openSession(options: SessionOptions, events: SessionEvents): Session {
  const profile = join(options.sessionFolder, 'session')
  const launch = new AbortController()
  let client: Client | undefined
  let group: number | undefined
  let ended: End | undefined
  let finish: (end: End) => void = () => undefined
  const over = new Promise<End>((resolve) => {
    finish = resolve
  })
  function end(why: End['why'], code: string): void {
    if (ended !== undefined) return
    ended = { why, code }
    events.onEnd()
    finish(ended)
  }

  async function open(): Promise<void> {
    mkdirSync(options.sessionFolder, { recursive: true, mode: 0o700 })
    if (!freeProfile(profile)) return end('disconnected', 'session_folder_in_use')
    // Loaded here, so that a product without this channel never loads a browser's driver.
    const library = (await import('whatsapp-web.js')).default
    const auth = new library.LocalAuth({ dataPath: options.sessionFolder })
    // The library deletes the profile under the running browser; we do it when the browser is gone.
    auth.logout = async () => undefined
    auth.afterBrowserInitialized = async () => watchBrowser()
    const prepare = auth.beforeBrowserInitialized.bind(auth)
    auth.beforeBrowserInitialized = async () => {
      // Called again after a logout, when there is nothing to prepare any more.
      if (ended === undefined) await prepare()
    }
    client = new library.Client({
      authStrategy: auth,
      authTimeoutMs: options.pageMs,
      // 'none': the page as WhatsApp serves it, and no other host is asked for an older one.
      webVersionCache: { type: 'none' },
      puppeteer: {
        executablePath: options.chromiumPath,
        headless: true,
        // Over a pipe nobody else on this machine can drive the browser, and it ends when our process does.
        pipe: true,
        // Stopping is ours: the driver would end the whole process on the first signal.
        handleSIGINT: false,
        handleSIGTERM: false,
        handleSIGHUP: false,
        // None of our secrets, which the browser's process would show.
        env: { PATH: '/usr/bin:/bin', HOME: options.sessionFolder, LANG: 'C.UTF-8' },
        timeout: LAUNCH_MS,
        signal: launch.signal,
        args: [...browserFlags(options.hostRules ?? []), ...(options.browserArgs ?? [])],
      },
    })
    guard(client)
    listen(client)
    events.onClient(client)
    await client.initialize()
    await askWhetherSynced(client)
  }

  /** The browser runs from here on, and must be ended whatever happens. */
  function watchBrowser(): void {
    const { pupBrowser: browser, pupPage: page } = client ?? {}
    // Called again after a logout, in the same browser.
    if (group !== undefined) return
    group = browser?.process()?.pid
    if (ended !== undefined) throw new Error('ended while the browser started')
    browser?.on('disconnected', () => end('disconnected', 'browser_gone'))
    page?.on('error', () => end('disconnected', 'page_crashed'))
    page?.on('close', () => end('disconnected', 'page_closed'))
  }

  function guard(guarded: Client): void {
    const inner = guarded as unknown as {
      inject(): Promise<void>
      initWebVersionCache(): Promise<void>
      destroy(): Promise<void>
    }
    const inject = inner.inject.bind(guarded)
    let opened = false
    inner.inject = async () => {
      try {
        // Called for every navigation, also of frames inside the page, where all is in place already.
        const injected = await guarded.pupPage?.evaluate('window.AuthStore !== undefined')
        if (ended !== undefined || injected === true) return
        if (opened) events.onWaver('page_reloaded')
        opened = true
        await inject()
      } catch (error) {
        fault(error)
      }
    }
    // With no cache it would only read the page's source, and throw where nobody catches when the page is gone.
    inner.initWebVersionCache = async () => undefined
    inner.destroy = async () => undefined
  }

  function listen(listened: Client): void {
    const live = (tell: () => void) => () => {
      if (ended === undefined) tell()
    }
    listened.on('qr', (code) => live(() => events.onCode(code))())
    listened.on('loading_screen', live(events.onProgress))
    listened.on('authenticated', live(events.onAuthenticated))
    listened.on('ready', live(events.onReady))
    listened.on('auth_failure', () => end('lost', 'auth_failure'))
    listened.on('change_state', (state) => {
      if (ended !== undefined) return
      if (String(state) === 'CONNECTED') events.onSteady()
      else if (WAVERING.includes(String(state))) events.onWaver(codeOf(state))
    })
    listened.on('disconnected', (reason) => {
      end(UNLINKED.includes(String(reason)) ? 'lost' : 'disconnected', codeOf(reason))
    })
  }

  /**
   * A page that restores its session fast may have said "synced" before the library listened; without this the
   * library would wait for ever. Hearing it twice is harmless.
   */
  async function askWhetherSynced(asked: Client): Promise<void> {
    await wait(options.syncGraceMs, undefined, { signal: launch.signal })
    await asked.pupPage?.evaluate(
      "if (window.WWebJS === undefined && window.require('WAWebSocketModel').Socket.hasSynced) void window.onAppStateHasSyncedEvent()",
    )
  }

  function fault(error: unknown): void {
    const text = error instanceof Error ? error.message : String(error)
    const net = /net::(ERR_[A-Z0-9_]+)/.exec(text)?.[1]
    if (net !== undefined) end('unreachable', net.toLowerCase())
    else if (text === 'auth timeout') end('unreachable', 'page_without_program')
    else end('disconnected', group === undefined ? 'browser_not_started' : 'browser_fault')
  }

  async function close(): Promise<void> {
    const browser = client?.pupBrowser
    // Closed in good order it writes its profile; otherwise, or when it hangs, it is killed.
    if (browser?.connected) await within(browser.close(), CLOSE_MS)
    launch.abort()
    await within(opening, CLOSE_MS)
    if (group !== undefined) await killGroup(group, CLOSE_MS)
    if (ended?.why === 'lost') await rm(profile, { recursive: true, force: true, maxRetries: 5 })
  }

  const opening = open().catch((error: unknown) => fault(error))
  return {
    ended: over.then(async (how) => {
      await close().catch(() => undefined)
      return how
    }),
    end,
    group: () => group,
  }
}

/** `CONFLICT` → `whatsapp_conflict`. */
function codeOf(state: unknown): string {
  return `whatsapp_${String(state)
    .toLowerCase()
    .replace(/[^a-z_]/g, '')
    .slice(0, 40)}`
}

/** Waits for a promise, its failure included, but not for ever. */
async function within(promise: Promise<unknown>, milliseconds: number): Promise<void> {
  const enough = new AbortController()
  await Promise.race([
    promise.catch(() => undefined),
    wait(milliseconds, undefined, { signal: enough.signal }).catch(() => undefined),
  ])
  enough.abort()
}
