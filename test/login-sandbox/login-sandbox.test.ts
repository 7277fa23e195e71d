import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose'
import { type LoginSandboxOptions, startLoginSandbox } from '../../src/login-sandbox/server'
import { Browser } from '../identity/browser'
import { adjustableClock, captureLog, jose, maria } from '../identity/world'

const back = 'http://localhost:9/entrar/retorno'
const left = 'http://localhost:9/entrar/saiu'
const verifier = 'LUnicoAplicacaoCodeVerifierTamanhoComMinimo'

function options(changes: Partial<LoginSandboxOptions> = {}): LoginSandboxOptions {
  return {
    port: 0,
    clients: [{ id: 'assistente', secret: 'segredo', redirectUris: [back], postLogoutRedirectUris: [left] }],
    accounts: () => [maria, jose],
    clock: adjustableClock('2026-11-23T12:00:00Z'),
    log: captureLog().log,
    ...changes,
  }
}

function authorizeUrl(issuer: string, changes: Record<string, string | undefined> = {}): string {
  const url = new URL('/authorize', issuer)
  const query: Record<string, string | undefined> = {
    response_type: 'code',
    client_id: 'assistente',
    scope: 'openid email profile govbr_confiabilidades govbr_confiabilidades_idtoken',
    redirect_uri: back,
    state: 'um-estado',
    nonce: 'um-nonce',
    // The pair of gov.br's manual.
    code_challenge: 'J7rD2y0WG26mzgvdEizXMOdDPbB_Z5wpPULzv1KmVEg',
    code_challenge_method: 'S256',
    ...changes,
  }
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) url.searchParams.set(name, value)
  return url.href
}

describe('entrada de demonstração', () => {
  const { log, lines } = captureLog()
  let sandbox: Awaited<ReturnType<typeof startLoginSandbox>>
  let browser: Browser

  beforeEach(async () => {
    lines.length = 0
    sandbox = await startLoginSandbox(options({ log }))
    browser = new Browser()
  })

  afterEach(async () => {
    await sandbox.stop()
    const said = lines.join('')
    for (const secret of [maria.cpf, jose.cpf, maria.password, jose.password, '000.100.001-27']) {
      expect(said).not.toContain(secret)
      expect(browser.visited.join(' ')).not.toContain(secret)
    }
  })

  const authorize = (changes?: Record<string, string | undefined>) => authorizeUrl(sandbox.issuer, changes)

  function redeem(code: string, changes: Record<string, string> = {}, secret = 'segredo') {
    return fetch(new URL('/token', sandbox.issuer), {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`assistente:${secret}`).toString('base64')}` },
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code,
        redirect_uri: back,
        code_verifier: verifier,
        ...changes,
      }),
    })
  }

  async function codeFor(cpf: string): Promise<string> {
    await browser.open(authorize())
    await browser.submit({ person: cpf }, back)
    return new URL(browser.url).searchParams.get('code') ?? ''
  }

  test('diz que é demonstração, mostra as pessoas e o que têm de especial', async () => {
    await browser.open(authorize())
    expect(browser.title).toBe('Quem vai entrar?')
    expect(browser.text).toContain('Ela não é o gov.br, e as pessoas daqui não existem.')
    expect(browser.text).toContain(
      'MARIA APARECIDA DE SOUZA Recebe aposentadoria por idade. Conta prata · CPF 000.100.001-27',
    )
    expect(browser.text).toContain('o Assistente Meu INSS recebe o CPF, o nome')
    expect(browser.html).toContain('Trabalhou na roça &#60;e na cidade&#62;.')
    expect(browser.headers.get('content-security-policy')).toBe(
      "default-src 'none';style-src 'self';img-src data:;form-action 'self' http://localhost:9;base-uri 'none';frame-ancestors 'none'",
    )
    expect(browser.headers.get('cache-control')).toBe('no-store')
  })

  test('o código vira um id_token de 60 segundos, assinado com a chave publicada', async () => {
    const answer = await redeem(await codeFor(maria.cpf))
    expect(answer.status).toBe(200)
    const { id_token } = (await answer.json()) as { id_token: string }
    const { payload, protectedHeader } = await jwtVerify(
      id_token,
      createRemoteJWKSet(new URL('/jwk', sandbox.issuer)),
      {
        issuer: sandbox.issuer,
        audience: 'assistente',
      },
    )
    expect(protectedHeader.alg).toBe('RS256')
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(60)
    expect(payload).toMatchObject({
      sub: maria.cpf,
      nonce: 'um-nonce',
      amr: ['passwd'],
      email_verified: 'true',
      reliability_info: {
        level: 'silver',
        reliabilities: [
          { id: '201', updatedAt: '2026-11-23T12:00:00.000Z' },
          { id: '602', updatedAt: '2026-11-23T12:00:00.000Z' },
        ],
      },
    })
  })

  test('quem não tem e-mail nem telefone confirmados não os mostra', async () => {
    const answer = await redeem(await codeFor(jose.cpf))
    const { id_token, access_token } = (await answer.json()) as { id_token: string; access_token: string }
    const claims = decodeJwt(id_token)
    expect(claims).toMatchObject({ email_verified: 'false', phone_number_verified: 'false' })
    expect(claims).not.toHaveProperty('email')
    expect(claims).not.toHaveProperty('phone_number')
    const userinfo = await fetch(new URL('/userinfo', sandbox.issuer), {
      headers: { authorization: `Bearer ${access_token}` },
    })
    expect(await userinfo.json()).toMatchObject({
      sub: jose.cpf,
      name: 'JOSÉ DA SILVA',
      email_verified: 'false',
    })
  })

  test('um código serve uma vez, com o segredo e o verificador certos', async () => {
    const code = await codeFor(maria.cpf)
    expect((await redeem(code, {}, 'errado')).status).toBe(401)
    expect((await redeem(code, { code_verifier: 'x'.repeat(43) })).status).toBe(400)
    const other = await codeFor(maria.cpf)
    expect((await redeem(other)).status).toBe(200)
    expect(await (await redeem(other)).json()).toMatchObject({ error: 'invalid_grant' })
  })

  test.each([['state'], ['nonce']])('sem %s não há entrada', async (parameter) => {
    await browser.open(authorize({ [parameter]: undefined }))
    expect([browser.status, browser.title]).toEqual([400, 'Não foi possível continuar'])
  })

  test('sem PKCE a volta traz um erro', async () => {
    await browser.open(authorize({ code_challenge: undefined, code_challenge_method: undefined }), {}, back)
    expect(new URL(browser.url).searchParams.get('error')).toBe('invalid_request')
  })

  test('um endereço de volta desconhecido não recebe ninguém', async () => {
    await browser.open(authorize({ redirect_uri: 'https://example.org/roubo' }))
    expect([browser.status, browser.title]).toEqual([400, 'Não foi possível continuar'])
  })

  test('a página da entrada, fora de uma entrada, diz que venceu', async () => {
    await browser.open(`${sandbox.issuer}/entrar/qualquer`)
    expect([browser.status, browser.title]).toEqual([400, 'Esta página venceu'])
  })

  test('CPF e senha digitados, com ou sem pontos', async () => {
    for (const cpf of ['000.100.001-27', ' 00010000127 ']) {
      await browser.open(authorize())
      await browser.submit({ cpf, password: maria.password }, back)
      expect(new URL(browser.url).searchParams.get('code')).toBeTruthy()
    }
  })

  test.each([
    ['', 'Escreva os 11 números do CPF.'],
    ['123', 'Escreva os 11 números do CPF.'],
    ['000.100.001-28', 'Esse CPF não existe. Confira os números e tente de novo.'],
    ['111.111.111-1a', 'Escreva os 11 números do CPF.'],
    ['000.100.003-99', 'O CPF ou a senha não conferem.'],
    ['000.100.001-27', 'O CPF ou a senha não conferem.'],
  ])('CPF "%s" com senha errada: %s', async (cpf, sentence) => {
    await browser.open(authorize())
    await browser.submit({ cpf, password: 'errada' })
    expect(browser.status).toBe(422)
    expect(browser.text).toContain(sentence)
    expect(browser.html).toContain('role="alert"')
    expect(browser.html).toContain('aria-invalid="true"')
    expect(browser.html).not.toContain('errada')
  })

  test('o que foi digitado volta como texto, nunca como código', async () => {
    await browser.open(authorize())
    await browser.submit({ cpf: '"><script>alert(1)</script>', password: 'x' })
    expect(browser.html).not.toContain('<script')
    expect(browser.html).toContain('&#34;&#62;&#60;script&#62;')
  })

  test('cinco senhas erradas: espera, mas só para aquele CPF', async () => {
    await browser.open(authorize())
    for (let attempt = 0; attempt < 5; attempt += 1)
      await browser.submit({ cpf: maria.cpf, password: 'errada' })
    expect(browser.text).toContain('O CPF ou a senha não conferem.')
    await browser.submit({ cpf: maria.cpf, password: maria.password })
    expect(browser.status).toBe(429)
    expect(browser.text).toContain('Foram muitas tentativas. Espere 1 minuto e tente de novo.')
    await browser.submit({ cpf: jose.cpf, password: jose.password }, back)
    expect(new URL(browser.url).searchParams.get('code')).toBeTruthy()
  })

  test('desistir volta com access_denied', async () => {
    await browser.open(authorize())
    await browser.submit({ cancel: 'yes' }, back)
    const query = new URL(browser.url).searchParams
    expect([query.get('error'), query.get('state')]).toEqual(['access_denied', 'um-estado'])
  })

  test('quem já entrou pode continuar com um toque, ou trocar de pessoa', async () => {
    await codeFor(maria.cpf)
    await browser.open(authorize())
    expect(browser.text).toContain('Continuar como MARIA APARECIDA DE SOUZA')
    const answer = await redeem(await codeFor(jose.cpf))
    const { id_token } = (await answer.json()) as { id_token: string }
    expect(decodeJwt(id_token).sub).toBe(jose.cpf)
  })

  test('aumentar o nível vale na próxima entrada, e o nível nunca baixa', async () => {
    const levels = new URL('/confiabilidades', sandbox.issuer)
    levels.search = String(
      new URLSearchParams({ client_id: 'assistente', niveis: '(2/3)', redirect_uri: back }),
    )
    await codeFor(jose.cpf)
    await browser.open(levels.href)
    expect(browser.text).toContain('JOSÉ DA SILVA, sua conta de demonstração é bronze.')
    const bronzePage = browser.html
    await browser.submit({ level: 'gold' }, back)
    expect(browser.url).toBe(back)
    await browser.open(levels.href)
    expect(browser.text).toContain('Sua conta já tem o nível pedido.')
    browser.html = bronzePage
    await browser.submit({ level: 'silver' }, back)
    const { id_token } = (await (await redeem(await codeFor(jose.cpf))).json()) as { id_token: string }
    expect(decodeJwt(id_token).reliability_info).toMatchObject({ level: 'gold' })
  })

  test('a página de níveis não leva a um endereço desconhecido, nem muda o nível de quem não entrou', async () => {
    const levels = new URL('/confiabilidades', sandbox.issuer)
    levels.searchParams.set('client_id', 'assistente')
    levels.searchParams.set('redirect_uri', 'https://example.org/')
    expect((await fetch(levels)).status).toBe(400)
    levels.searchParams.set('redirect_uri', back)
    await browser.open(levels.href)
    expect(browser.text).toContain('Para aumentar o nível, entre primeiro.')
    expect(
      (await fetch(levels, { method: 'POST', body: new URLSearchParams({ level: 'gold' }) })).status,
    ).toBe(400)
  })

  test('sair acaba com a entrada e só volta a endereços conhecidos', async () => {
    await codeFor(maria.cpf)
    await browser.open(`${sandbox.issuer}/logout?post_logout_redirect_uri=https%3A%2F%2Fexample.org%2F`)
    expect([browser.url.startsWith(sandbox.issuer), browser.title]).toEqual([true, 'Você saiu'])
    await browser.open(authorize())
    expect(browser.text).not.toContain('Continuar como')
    await browser.open(
      `${sandbox.issuer}/logout?post_logout_redirect_uri=${encodeURIComponent(left)}`,
      {},
      left,
    )
    expect(browser.url).toBe(left)
  })

  test('publica os endereços do gov.br e só a parte pública da chave', async () => {
    const document = (await (
      await fetch(`${sandbox.issuer}/.well-known/openid-configuration`)
    ).json()) as Record<string, string>
    expect(document).toMatchObject({
      issuer: sandbox.issuer,
      authorization_endpoint: `${sandbox.issuer}/authorize`,
      token_endpoint: `${sandbox.issuer}/token`,
      jwks_uri: `${sandbox.issuer}/jwk`,
      userinfo_endpoint: `${sandbox.issuer}/userinfo`,
      end_session_endpoint: `${sandbox.issuer}/logout`,
    })
    const { keys } = (await (await fetch(document.jwks_uri ?? '')).json()) as {
      keys: Record<string, unknown>[]
    }
    expect(keys.map(({ kty, alg }) => [kty, alg])).toEqual([['RSA', 'RS256']])
    expect(keys[0]).not.toHaveProperty('d')
  })

  test('o par do manual do gov.br confere', () => {
    const challenge = createHash('sha256').update(verifier).digest('base64url')
    expect(authorize()).toContain(challenge)
  })
})

describe('início', () => {
  const folder = mkdtempSync(join(tmpdir(), 'login-sandbox-'))
  const running: { stop(): Promise<void> }[] = []
  afterEach(async () => {
    for (const each of running.splice(0)) await each.stop()
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  async function start(changes: Partial<LoginSandboxOptions>, by = startLoginSandbox) {
    const sandbox = await by(options(changes))
    running.push(sandbox)
    return sandbox
  }

  async function publicKey(issuer: string): Promise<unknown> {
    return (await fetch(new URL('/jwk', issuer))).json()
  }

  test('a chave é a mesma depois de reiniciar, e só o dono a lê', async () => {
    const dataFolder = join(folder, 'a')
    const first = await start({ dataFolder })
    const key = await publicKey(first.issuer)
    await first.stop()
    const second = await start({ dataFolder })
    expect(await publicKey(second.issuer)).toEqual(key)
    const file = join(dataFolder, 'login-sandbox-keys.json')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readFileSync(file, 'utf8')).toContain('"kty":"RSA"')
  })

  test('um arquivo de chaves estragado é dito numa frase', async () => {
    writeFileSync(join(folder, 'login-sandbox-keys.json'), '{}')
    await expect(startLoginSandbox(options({ dataFolder: folder }))).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringContaining('does not hold the keys'),
    })
  })

  test('uma porta ocupada é dita numa frase', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as AddressInfo
    await expect(startLoginSandbox(options({ port }))).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringContaining(`port ${port} is taken`),
    })
    other.close()
  })

  test('nada escreve no terminal', async () => {
    const spies = (['log', 'info', 'warn', 'error'] as const).map((name) =>
      jest.spyOn(console, name).mockImplementation(),
    )
    let fresh: typeof startLoginSandbox | undefined
    jest.isolateModules(() => {
      fresh = (require('../../src/login-sandbox/server') as { startLoginSandbox: typeof startLoginSandbox })
        .startLoginSandbox
    })
    const sandbox = await start({}, fresh)
    await fetch(new URL('/.well-known/openid-configuration', sandbox.issuer))
    for (const spy of spies) expect(spy).not.toHaveBeenCalled()
    jest.restoreAllMocks()
  })

  test('o endereço público pode ser outro, com cookies só por https', async () => {
    const sandbox = await start({ issuer: 'https://entrar.example.org' })
    const document = await (await fetch(`${sandbox.url}/.well-known/openid-configuration`)).json()
    expect(document).toMatchObject({
      issuer: 'https://entrar.example.org',
      jwks_uri: 'https://entrar.example.org/jwk',
    })
    const { search } = new URL(authorizeUrl(sandbox.issuer))
    const answer = await fetch(`${sandbox.url}/authorize${search}`, { redirect: 'manual' })
    expect(answer.status).toBe(303)
    const cookies = answer.headers.getSetCookie()
    expect(cookies.length).toBeGreaterThan(0)
    for (const cookie of cookies) expect(cookie).toMatch(/; secure/)
  })
})
