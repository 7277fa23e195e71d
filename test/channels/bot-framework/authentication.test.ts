import { APP, activity, CHANNEL_ISSUER, EMULATOR_TENANT, startChannel, startKeys } from './harness'

const SERVICE = 'https://smba.trafficmanager.net/br/'
const OWN_TENANT = '11111111-2222-4333-8444-555555555555'

let keys: Awaited<ReturnType<typeof startKeys>>
let channel: Awaited<ReturnType<typeof startChannel>>
let printed: jest.SpyInstance

beforeEach(async () => {
  // botbuilder prints what it refuses.
  printed = jest.spyOn(console, 'error').mockImplementation(() => undefined)
  keys = await startKeys()
  channel = await startChannel({
    credentials: { ...APP, tenantId: OWN_TENANT },
    azure: { loginUrl: 'http://127.0.0.1:9', ...keys },
  })
})
afterEach(async () => {
  printed.mockRestore()
  await channel.stop()
  await keys.stop()
})

const fromTeams = (more: object = {}) => activity(SERVICE, { channelId: 'msteams', ...more })
const post = (token: string | undefined, body = fromTeams()) =>
  channel.post(body, token === undefined ? {} : { authorization: `Bearer ${token}` })

it('a token of Azure Bot Service for this bot and this service address opens the door', async () => {
  expect((await post(await keys.token({ serviceurl: SERVICE }))).status).toBe(200)
  expect(channel.heard).toEqual([expect.objectContaining({ kind: 'text', text: 'quero ver meu pagamento' })])
})

const refused: [string, () => Promise<string | undefined> | string | undefined, object?][] = [
  ['without a token', () => undefined],
  ['with an empty token', () => ''],
  ['with rubbish for a token', () => 'a.b.c'],
  ['with a token that ended', () => keys.token({ serviceurl: SERVICE }, { seconds: -600 })],
  ['with a token for another bot', () => keys.token({ serviceurl: SERVICE, aud: 'another-app' })],
  ['with a token of another issuer', () => keys.token({ serviceurl: SERVICE, iss: 'https://evil.example' })],
  ['with a token for another service address', () => keys.token({ serviceurl: 'https://evil.example/' })],
  ['with a token for no service address', () => keys.token({})],
  ['with a token somebody else signed', () => keys.token({ serviceurl: SERVICE }, { key: keys.forged })],
  ['with a token of an unknown key', () => keys.token({ serviceurl: SERVICE }, { kid: 'key-2' })],
  [
    'over a channel the key is not endorsed for',
    () => keys.token({ serviceurl: SERVICE }),
    { channelId: 'slack' },
  ],
  [
    'with a token nobody signed',
    () => {
      const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
      const claims = { iss: CHANNEL_ISSUER, aud: APP.appId, serviceurl: SERVICE, exp: 4_000_000_000 }
      return `${part({ alg: 'none', typ: 'JWT', kid: 'key-1' })}.${part(claims)}.`
    },
  ],
  [
    'with a token this bot shows to the connector',
    () => keys.token({ ...emulatorClaims(), aud: 'https://api.botframework.com' }),
  ],
  ["with another bot's token for this one", () => keys.token({ ...emulatorClaims(), appid: 'another-app' })],
  [
    'with a token of an unknown tenant',
    () => keys.token({ ...emulatorClaims('99999999-0000-4000-8000-000000000000') }),
  ],
]

function emulatorClaims(tenant = EMULATOR_TENANT) {
  return { iss: `https://sts.windows.net/${tenant}/`, tid: tenant, ver: '1.0', appid: APP.appId }
}

it.each(refused.map(([name, token, more = {}]) => ({ name, token, more })))(
  '$name nothing is heard',
  async ({ token, more }) => {
    const response = await post(await token(), fromTeams(more))
    expect(response.status).toBe(401)
    expect(await response.text()).toBe('Unauthorized')
    expect(channel.heard).toEqual([])
    expect(channel.logged()).not.toMatch(/eyJ|pagamento/)
  },
)

it.each([EMULATOR_TENANT, OWN_TENANT])(
  'the Emulator with the credentials of this bot is let in, tenant %s',
  async (tenant) => {
    const body = activity('http://localhost:51234')
    expect((await post(await keys.token(emulatorClaims(tenant)), body)).status).toBe(200)
    expect(channel.heard).toHaveLength(1)
  },
)

it('a token in a header of another scheme is not read', async () => {
  const token = await keys.token({ serviceurl: SERVICE })
  const response = await channel.post(fromTeams(), { authorization: `Basic ${token}` })
  expect(response.status).toBe(401)
})

it('a service address without TLS is not answered to, even with a good token', async () => {
  const plain = 'http://smba.trafficmanager.net/br/'
  const response = await post(await keys.token({ serviceurl: plain }), fromTeams({ serviceUrl: plain }))
  expect(response.status).toBe(403)
  expect(channel.heard).toEqual([])
})

it('while the keys cannot be fetched the channel is asked to try again', async () => {
  keys.fail()
  const response = await post(await keys.token({ serviceurl: SERVICE }))
  expect(response.status).toBe(503)
  expect(channel.heard).toEqual([])
  expect(channel.logged()).toContain('openid_metadata_unavailable')
})
