import type {
  Board,
  Canned,
  Changed,
  Detail,
  EffectBody,
  EffectName,
  History,
  Me,
  Options,
  PastDetail,
  Preview,
  Problem,
  ProblemCode,
  Revealed,
  Status,
  Tickets,
  View,
} from '../../handoff/api-schemas'

export const BASE = '/atendimento/api'
const TIMEOUT_MILLISECONDS = 20_000
const UPLOAD_TIMEOUT_MILLISECONDS = 120_000

/** What the desk did not do, and why; `unreachable` when it was not reached, and then perhaps did it. */
export class Refused extends Error {
  constructor(
    readonly code: ProblemCode | 'unreachable',
    readonly agentName?: string,
  ) {
    super(code)
  }
}

let csrf = ''
let lastCall = Date.now()

/** Milliseconds since the agent's last call, by which the server ends idle sessions. */
export function sinceLastCall(): number {
  return Date.now() - lastCall
}

/** A key of the caller's own: a call repeated with it has its effect once. */
export function newKey(): string {
  // Also where the page came without TLS, which has no `randomUUID`.
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('')
}

export async function fetchMe(): Promise<Me> {
  const me = await call<Me>('GET', 'me')
  csrf = me.csrf
  return me
}

export const putPresence = (status: Status) => call<{ status: Status }>('PUT', 'presence', { status })
export const fetchTickets = (view: View) => call<Tickets>('GET', `tickets?view=${view}`)
export const fetchTicket = (id: string) => call<Detail>('GET', `tickets/${encodeURIComponent(id)}`)
export const fetchOptions = () => call<Options>('GET', 'options')
export const fetchCanned = () => call<Canned>('GET', 'canned')
export const fetchBoard = () => call<Board>('GET', 'board')
export const fetchHistory = (query: string) => call<History>('GET', `history?${query}`)
export const fetchPast = (id: string) => call<PastDetail>('GET', `history/${encodeURIComponent(id)}`)
export const signOut = () => call<void>('POST', 'sign-out')

type ChangingEffect = Exclude<EffectName, 'reveal'>
export function effect<Name extends ChangingEffect>(id: string, name: Name, body: EffectBody<Name>) {
  return call<Changed>('POST', `tickets/${encodeURIComponent(id)}/${name}`, body)
}

export function reveal(id: string, body: EffectBody<'reveal'>): Promise<Revealed> {
  return call('POST', `tickets/${encodeURIComponent(id)}/reveal`, body)
}

export function preview(id: string, text: string): Promise<Preview> {
  return call('POST', `tickets/${encodeURIComponent(id)}/preview`, { text })
}

export function sendFile(id: string, file: File, key: string, text: string): Promise<Changed> {
  const query = new URLSearchParams({ key, name: file.name.slice(-120), ...(text !== '' && { text }) })
  return call('POST', `tickets/${encodeURIComponent(id)}/files?${query}`, file)
}

/** Says that the agent is writing; nobody minds when it does not arrive. */
export function typing(id: string): void {
  call('POST', `tickets/${encodeURIComponent(id)}/typing`, {}).catch(() => undefined)
}

async function call<T>(method: string, path: string, body?: object | File): Promise<T> {
  lastCall = Date.now()
  const file = body instanceof File
  const control = new AbortController()
  const timer = setTimeout(() => control.abort(), file ? UPLOAD_TIMEOUT_MILLISECONDS : TIMEOUT_MILLISECONDS)
  try {
    const response = await fetch(`${BASE}/${path}`, {
      method,
      cache: 'no-store',
      credentials: 'same-origin',
      signal: control.signal,
      headers: {
        ...(method !== 'GET' && { 'x-csrf-token': csrf }),
        ...(body !== undefined && { 'content-type': file ? body.type : 'application/json' }),
      },
      ...(body !== undefined && { body: file ? body : JSON.stringify(body) }),
    })
    if (response.status === 204) return undefined as T
    if (response.ok) return (await response.json()) as T
    throw await refusalOf(response)
  } catch (error) {
    throw error instanceof Refused ? error : new Refused('unreachable')
  } finally {
    clearTimeout(timer)
  }
}

async function refusalOf(response: Response): Promise<Refused> {
  const { code, agentName } = (await response.json().catch(() => ({}))) as Partial<Problem>
  // A proxy in between answers without a code of ours.
  if (code === undefined) return new Refused(response.status >= 500 ? 'unreachable' : 'internal')
  return new Refused(code, agentName)
}
