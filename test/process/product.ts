import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { projectFile } from '../../src/files'

export type RunningProduct = {
  chat: string
  inssApi: string
  loginSandbox: string
  /** Everything printed so far. */
  printed: () => string
  /** Stops as Ctrl-C does; gives the exit code. */
  stop: (signal?: 'SIGINT' | 'SIGTERM' | 'SIGKILL') => Promise<number | null>
}

export type Ended = { code: number | null; printed: string }

const free = { PORT: '0', INSS_API_PORT: '0', LOGIN_SANDBOX_PORT: '0' }

export function newDataFolder(): string {
  return mkdtempSync(join(tmpdir(), 'product-'))
}

function run(
  environment: Record<string, string>,
  args: string[] = [],
): { child: ChildProcess; printed: () => string } {
  let printed = ''
  const child = spawn(process.execPath, [projectFile('dist/src/main.js'), ...args], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const hear = (chunk: Buffer) => {
    printed += chunk.toString()
  }
  child.stdout?.on('data', hear)
  child.stderr?.on('data', hear)
  return { child, printed: () => printed }
}

/** Starts the built product, or a part of it, as a process of its own and waits until it says that it is ready. */
export async function startBuiltProduct(
  environment: Record<string, string> = {},
  args: string[] = [],
): Promise<RunningProduct> {
  const { child, printed } = run({ DATA_FOLDER: newDataFolder(), ...free, ...environment }, args)
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  await new Promise<void>((resolve, reject) => {
    const look = setInterval(() => {
      if (!/Ready in/.test(printed())) return
      clearInterval(look)
      resolve()
    }, 50)
    child.once('exit', () => {
      clearInterval(look)
      reject(new Error(`the product ended instead of starting: ${printed()}`))
    })
  })
  const address = (name: string) => new RegExp(`${name}\\s+(http://[^/\\s]+)`).exec(printed())?.[1] ?? ''
  return {
    chat: address('Web chat'),
    inssApi: address('INSS API'),
    loginSandbox: address('Login sandbox'),
    printed,
    stop: (signal = 'SIGINT') => {
      child.kill(signal)
      return exited
    },
  }
}

/** Runs the built product until it ends by itself. */
export function runToTheEnd(
  environment: Record<string, string>,
  args: string[] = [],
  input = '',
): Promise<Ended> {
  const { child, printed } = run({ DATA_FOLDER: newDataFolder(), ...free, ...environment }, args)
  child.stdin?.end(input)
  return new Promise((resolve) => child.once('exit', (code) => resolve({ code, printed: printed() })))
}
