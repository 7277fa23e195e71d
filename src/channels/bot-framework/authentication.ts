import type { Activity } from 'botbuilder'
import { decodeJwt } from 'jose'
import type { ChannelActivity } from './activity'

/** The app registration of the bot in Azure. Without a tenant it is a multi-tenant one. */
export type Credentials = { appId: string; appPassword: string; tenantId?: string | undefined }

/** Addresses of the public Azure cloud; others in tests. */
export type Azure = { loginUrl: string; channelMetadataUrl: string; emulatorMetadataUrl: string }

export const CHANNEL_SCOPE = 'https://api.botframework.com'
const CHANNEL_ISSUER = 'https://api.botframework.com'
/** Tenants of Bot Framework itself, whose tokens the Emulator shows for a multi-tenant bot. */
const BOT_FRAMEWORK_TENANTS = ['d6d49420-f39b-4df7-a1dc-d59a935871db', 'f8cdef31-a31e-4b4a-93e4-5f571e91255a']
const METADATA_MS = 10_000

export function publicAzure({ tenantId }: Credentials): Azure {
  return {
    loginUrl: `https://login.microsoftonline.com/${tenantId ?? 'botframework.com'}`,
    channelMetadataUrl: 'https://login.botframework.com/v1/.well-known/openidconfiguration',
    emulatorMetadataUrl: 'https://login.microsoftonline.com/common/v2.0/.well-known/openid-configuration',
  }
}

/** `unavailable`: the keys could not be fetched, so nobody can say. */
export type Admission = 'admitted' | 'refused' | 'unavailable'

/**
 * Says whether a request comes from Azure Bot Service, or from the Emulator with this bot's own credentials.
 * botbuilder checks signature, issuer, life, audience, endorsement of the channel, and that the token was made for
 * the very `serviceUrl` we are going to answer to.
 */
export function createAuthentication(credentials: Credentials, azure: Azure) {
  const { appId, tenantId } = credentials
  // Loaded where there is such a channel only: it brings 33 MB of Azure's libraries.
  const { BotFrameworkAuthenticationFactory, PasswordServiceClientCredentialFactory } =
    require('botframework-connector') as typeof import('botframework-connector')
  const authentication = BotFrameworkAuthenticationFactory.create(
    '',
    true,
    azure.loginUrl,
    CHANNEL_SCOPE,
    CHANNEL_ISSUER,
    CHANNEL_ISSUER,
    azure.channelMetadataUrl,
    azure.emulatorMetadataUrl,
    '',
    new PasswordServiceClientCredentialFactory(appId, '', ''),
    { requiredEndorsements: [], validateClaims: async (claims) => mustBeForUs(claims) },
  )

  /** A token of ours for the connector names this app too; only one made for this app opens the door. */
  function mustBeForUs(claims: { type: string; value: string }[]): void {
    const claim = (type: string) => claims.find((each) => each.type === type)?.value
    const caller = claim('appid') ?? claim('azp')
    if (claim('aud') !== appId || (caller !== undefined && caller !== appId)) {
      throw new Error('a token for or from another app')
    }
  }

  /** botbuilder remembers every tenant a token names, signed or not, so strangers are turned away before it. */
  function worthChecking(authorization: string): boolean {
    const token = /^Bearer (\S+)$/.exec(authorization)?.[1]
    if (token === undefined) return false
    try {
      const { iss, aud, tid } = decodeJwt(token)
      const known = tid === undefined || [tenantId, ...BOT_FRAMEWORK_TENANTS].includes(String(tid))
      return aud === appId && known && (iss === CHANNEL_ISSUER || tid !== undefined)
    } catch {
      return false
    }
  }

  return async (activity: ChannelActivity, authorization: string): Promise<Admission> => {
    if (!worthChecking(authorization)) return 'refused'
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(Object.assign(new Error('late'), { name: 'FetchError' })), METADATA_MS)
    })
    try {
      await Promise.race([
        authentication.authenticateRequest(activity as unknown as Activity, authorization),
        late,
      ])
      return 'admitted'
    } catch (error) {
      const { name, statusCode } = error as { name?: string; statusCode?: number }
      return name === 'FetchError' || (statusCode ?? 0) >= 500 ? 'unavailable' : 'refused'
    } finally {
      clearTimeout(timer)
    }
  }
}
