import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { projectFile } from '../../src/files'
import { defaultCitizensFolder, loadCitizens } from '../../src/inss-api/sandbox/index'
import { startInssApi } from '../../src/inss-api/server'
import { loadParameters } from '../../src/law'
import { Browser } from './browser'
import { adjustableClock, captureLog, createWorld, type World } from './world'

const conversation = 'web:conversa-1'

describe('com a API do INSS de verdade', () => {
  const folder = mkdtempSync(join(tmpdir(), 'identity-inss-api-'))
  const apiLog = captureLog()
  const citizens = loadCitizens(
    defaultCitizensFolder,
    '2026-11-23',
    loadParameters(projectFile('src/law/parameters')),
  )
  let world: World
  let apiUrl = ''

  beforeAll(async () => {
    world = await createWorld({
      sandbox: {
        accounts: () =>
          citizens.map(({ cpf, name, email, phone, govbr, what }) => ({
            cpf,
            name,
            email,
            phone,
            what,
            ...govbr,
          })),
      },
      async inssApi(issuer) {
        const api = await startInssApi({
          port: 0,
          dataFolder: folder,
          govbrIssuer: issuer,
          clients: [{ id: 'assistente', secret: 'outro segredo', govbrClientId: 'assistente' }],
          clock: adjustableClock('2026-11-23T12:00:00Z'),
          log: apiLog.log,
        })
        apiUrl = api.url
        return api
      },
    })
  })

  afterAll(async () => {
    await world.stop()
    rmSync(folder, { recursive: true })
  })

  async function citizenOf(token: string | undefined): Promise<unknown> {
    const answer = await fetch(new URL('/v1/citizen', apiUrl), {
      headers: { authorization: `Bearer ${token}` },
    })
    return answer.json()
  }

  test('quem entra alcança os seus dados, e só os seus, também depois de renovar', async () => {
    const [one, two] = [citizens[0], citizens[1]]
    if (one === undefined || two === undefined) throw new Error('no citizens')
    for (const citizen of [one, two]) {
      const browser = new Browser()
      await browser.open((await world.identity.requestLogin(conversation, { purpose: 'ver' })).url)
      await browser.submit({ answer: 'same' })
      await browser.submit({ person: citizen.cpf })
      expect(browser.title).toBe('Pronto, você entrou')
      const token = await world.identity.accessToken(conversation)
      expect(await citizenOf(token)).toMatchObject({ cpf: citizen.cpf, name: citizen.name })
      world.clock.advanceMinutes(16)
      const renewed = await world.identity.accessToken(conversation)
      expect(renewed).not.toBe(token)
      expect(await citizenOf(renewed)).toMatchObject({ cpf: citizen.cpf })
      for (const lines of [world.lines.join(''), apiLog.lines.join('')]) {
        expect(lines).not.toContain(citizen.cpf)
        expect(lines).not.toContain(token)
      }
    }
    expect(await world.identity.session(conversation)).toMatchObject({ changedPerson: true })
    expect(world.events.map(({ event }) => event)).toEqual(['login_completed', 'login_completed'])
  })
})
