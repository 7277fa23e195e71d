/** The part of oidc-provider 9 (which ships no types) that the sandbox uses. */
declare module 'oidc-provider/lib/provider.js' {
  import type { IncomingMessage, ServerResponse } from 'node:http'

  export type KoaContext = {
    req: IncomingMessage
    res: ServerResponse
    status: number
    type: string
    body: unknown
    cookies: { set(name: string, value: string | null, options?: object): void }
    oidc?: { route?: string; result?: { login?: unknown } }
  }

  export type Session = {
    accountId?: string
    authorizations?: object
    loginAccount(login: { accountId: string; amr: string[]; transient: boolean }): void
    persist(): Promise<void>
    destroy(): Promise<void>
  }

  export type Interaction = {
    uid: string
    params: Record<string, string | undefined>
    session?: { accountId: string }
    persist(): Promise<void>
  }

  type GrantModel = {
    addOIDCScope(scope: string): void
    save(): Promise<string>
  }

  export class Provider {
    constructor(issuer: string, configuration: object)
    proxy: boolean
    readonly Session: { get(context: KoaContext): Promise<Session> }
    readonly Grant: new (properties: {
      accountId: string
      clientId: string
    }) => GrantModel
    on(event: string, listener: (context: KoaContext, error: Error) => void): void
    callback(): (request: IncomingMessage, response: ServerResponse) => void
    createContext(request: IncomingMessage, response: ServerResponse): KoaContext
    cookieName(type: 'session' | 'interaction'): string
    interactionDetails(request: IncomingMessage, response: ServerResponse): Promise<Interaction>
    interactionFinished(request: IncomingMessage, response: ServerResponse, result: object): Promise<void>
  }
}

declare module 'oidc-provider/lib/adapters/memory_adapter.js' {
  /** Grants and sessions in this process's memory, the oldest of a thousand going first. */
  export function createMemoryAdapter(clockTolerance?: number): (model: string) => object
}

declare module 'oidc-provider/lib/helpers/interaction_policy/index.js' {
  import type { KoaContext } from 'oidc-provider/lib/provider.js'

  export class Check {
    constructor(reason: string, description: string, check: (context: KoaContext) => boolean)
  }
  type Policy = {
    get(name: 'login'): { checks: { add(check: Check): void } }
  }
  export function base(): Policy
}
