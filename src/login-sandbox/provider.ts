import { createMemoryAdapter } from 'oidc-provider/lib/adapters/memory_adapter.js'
import { base, Check } from 'oidc-provider/lib/helpers/interaction_policy/index.js'
// Not the package's entry: on Node 20 that one writes about an unsupported runtime to the terminal.
import { type KoaContext, Provider } from 'oidc-provider/lib/provider.js'
import type { Clock } from '../clock'
import type { Log } from '../log'
import { type Accounts, claimsOf } from './accounts'
import type { Keys } from './keys'
import { errorPage } from './pages'

/** An application that may ask for logins. */
export type Client = {
  id: string
  secret: string
  redirectUris: string[]
  postLogoutRedirectUris: string[]
  /** Those who work at the desk log in to it, instead of citizens. */
  staff?: true
}

const scopes = [
  'openid',
  'email',
  'profile',
  'phone',
  'govbr_empresa',
  'govbr_confiabilidades',
  'govbr_confiabilidades_idtoken',
  // Not gov.br's: what an employer's login tells of who works at the desk.
  'atendimento',
]

/**
 * The OpenID provider with gov.br's addresses and claims. Its pages of login are ours (`routes.ts`). Tokens are
 * dated by the machine's time, as gov.br's are.
 */
export function createProvider(options: {
  issuer: string
  clients: Client[]
  accounts: Accounts
  keys: Keys
  clock: Clock
  log: Log
}): Provider {
  const { issuer, accounts, keys, clock, log } = options
  const since = clock.now().toISOString()
  const provider = new Provider(issuer, {
    adapter: createMemoryAdapter(),
    clients: options.clients.map((client) => ({
      client_id: client.id,
      client_secret: client.secret,
      redirect_uris: client.redirectUris,
      post_logout_redirect_uris: client.postLogoutRedirectUris,
    })),
    jwks: { keys: [keys.jwk] },
    cookies: { keys: [keys.cookies] },
    routes: { authorization: '/authorize', token: '/token', jwks: '/jwk', userinfo: '/userinfo' },
    scopes,
    claims: {
      openid: ['sub', 'amr'],
      email: ['email', 'email_verified'],
      profile: ['name', 'phone_number', 'phone_number_verified'],
      phone: ['phone_number', 'phone_number_verified'],
      govbr_confiabilidades_idtoken: ['reliability_info'],
      atendimento: ['roles', 'skills'],
      amr: null,
      auth_time: null,
      iss: null,
    },
    // gov.br puts the claims of the scopes in the id_token itself.
    conformIdTokenClaims: false,
    clientAuthMethods: ['client_secret_basic'],
    responseTypes: ['code'],
    pkce: { required: () => true },
    clientBasedCORS: () => false,
    discovery: { end_session_endpoint: new URL('/logout', issuer).href },
    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      resourceIndicators: { enabled: false },
      // gov.br's logout is a plain address without a question: ours is in `routes.ts`.
      rpInitiatedLogout: { enabled: false },
    },
    ttl: {
      AccessToken: 3600,
      AuthorizationCode: 60,
      Grant: 86_400,
      IdToken: 60,
      Interaction: 1800,
      Session: 86_400,
    },
    interactions: {
      policy: alwaysAsk(),
      url: (_ctx: KoaContext, interaction: { uid: string }) => `/entrar/${interaction.uid}`,
    },
    async findAccount(_ctx: KoaContext, cpf: string) {
      const account = accounts.find(cpf)
      return account && { accountId: cpf, claims: async () => claimsOf(account, since) }
    },
    loadExistingGrant: grantWhatIsAsked,
    renderError(ctx: KoaContext, out: { error: string }) {
      log.warn({ event: 'sandbox_refused', error: out.error })
      ctx.type = 'html'
      ctx.body = errorPage('error')
    },
  })
  provider.proxy = issuer.startsWith('https:')
  provider.on('server_error', (_ctx, error) => log.error({ event: 'sandbox_failed', error: error.name }))
  return provider
}

/** Every login shows the people, so that a demonstration can change from one to another. */
function alwaysAsk() {
  const policy = base()
  policy
    .get('login')
    .checks.add(
      new Check(
        'choose_person',
        'the person is chosen at every login',
        (ctx) => ctx.oidc?.result?.login === undefined,
      ),
    )
  return policy
}

type Authorizing = {
  oidc: {
    provider: Provider
    client: { clientId: string }
    session: { accountId: string }
    params: { scope: string }
  }
}

/** No page of consent: the login page says in one line what is shared. */
async function grantWhatIsAsked(ctx: Authorizing) {
  const { provider, client, session, params } = ctx.oidc
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId })
  grant.addOIDCScope(params.scope)
  await grant.save()
  return grant
}
