import { mkdirSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { readConversation } from '../conversations/harness'
import { openDirectLine } from './direct-line'
import { newDataFolder, runToTheEnd, startBuiltProduct } from './product'

jest.setTimeout(90_000)

describe('one command', () => {
  it('starts the three parts, says where to click, answers, and stops at Ctrl-C with exit 0', async () => {
    const product = await startBuiltProduct()
    for (const url of [
      product.chat,
      `${product.chat}/healthz`,
      `${product.chat}/readyz`,
      `${product.chat}/metrics`,
    ]) {
      expect((await fetch(url)).status).toBe(200)
    }
    const chat = await openDirectLine(product.chat)
    await chat.say('quero simular minha aposentadoria')
    await chat.replies(2)
    const metrics = await (await fetch(`${product.chat}/metrics`)).text()
    for (const line of [
      /^messages_received_total{channel="web",result="stored"} [12]$/m,
      /^receive_seconds_count [12]$/m,
      /^turns_total{outcome="asked"} 1$/m,
      /^turn_seconds_count [12]$/m,
      /^sends_total{channel="web",result="sent",code="ok"} \d$/m,
      /^spool_bytes 0$/m,
    ])
      expect(metrics).toMatch(line)
    expect(metrics).not.toMatch(/aposentadoria/)
    expect((await fetch(`${product.inssApi}/v1/health`)).status).toBe(200)
    const discovery = await fetch(`${product.loginSandbox}/.well-known/openid-configuration`)
    expect(((await discovery.json()) as { issuer: string }).issuer).toContain('http')
    expect(await product.stop('SIGINT')).toBe(0)
    expect(product.printed()).toMatch(/Stopped, nothing lost/)
    await expect(fetch(product.chat)).rejects.toThrow()
  })

  it('has the conversation again after a stop and a start', async () => {
    const data = newDataFolder()
    const environment = { DATA_FOLDER: data }
    const first = await startBuiltProduct(environment)
    const chat = await openDirectLine(first.chat)
    await chat.say('quero simular minha aposentadoria')
    const before = await chat.replies(1)
    await first.stop('SIGTERM')
    const second = await startBuiltProduct({ ...environment, PORT: new URL(first.chat).port })
    const after = await chat.at(second.chat).replies(1)
    expect(after.slice(0, before.length)).toEqual(before)
    await second.stop()
  })

  it.each([
    ['a bad setting', { PORT: 'abc' }, /^PORT: /],
    ['several bad settings at once', { PORT: 'abc', CLOCK_NOW: 'ontem' }, /PORT: .*CLOCK_NOW: /],
    ['a data folder that cannot be used', { DATA_FOLDER: '/dev/null' }, /^DATA_FOLDER: /],
    ['citizens that do not exist', { SANDBOX_DATA: '/nowhere' }, /^SANDBOX_DATA: /],
  ])('says one sentence and ends with 1 for %s', async (_, environment, sentence) => {
    const { code, printed } = await runToTheEnd(environment)
    expect(code).toBe(1)
    expect(printed).toMatch(sentence)
    expect(printed.trim().split('\n')).toHaveLength(1)
  })

  it.each(['gateway', 'worker', 'outbox', 'bot'])(
    'says that %s needs Redis, and ends with 1',
    async (part) => {
      const { code, printed } = await runToTheEnd({}, [part])
      expect(code).toBe(1)
      expect(printed).toMatch(/REDIS_URL/)
      expect(printed.trim().split('\n')).toHaveLength(1)
    },
  )

  it('says that it does not know a command', async () => {
    expect(await runToTheEnd({}, ['conversar'])).toEqual({ code: 1, printed: 'unknown command conversar\n' })
  })

  it.each(['PORT', 'INSS_API_PORT', 'LOGIN_SANDBOX_PORT'])('says when %s is taken', async (variable) => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as AddressInfo
    const { code, printed } = await runToTheEnd({ [variable]: String(port) })
    other.close()
    expect(code).toBe(1)
    expect(printed).toMatch(new RegExp(`port ${port}\\b.*(in use|taken)`, 'i'))
    expect(printed.trim().split('\n')).toHaveLength(1)
  })

  it('names the file and the fault of a citizen that cannot be read', async () => {
    const folder = join(newDataFolder(), 'citizens')
    mkdirSync(folder)
    writeFileSync(join(folder, '01-errado.yaml'), 'nome: Fulano\n')
    const { code, printed } = await runToTheEnd({ SANDBOX_DATA: folder })
    expect(code).toBe(1)
    expect(printed).toMatch(/01-errado\.yaml/)
    expect(printed).not.toMatch(/\n\s+at /)
  })

  it('holds a conversation in the terminal', async () => {
    const { code, printed } = await runToTheEnd(
      {},
      ['chat'],
      'quero simular minha aposentadoria\neu conto\nmulher\n',
    )
    expect(code).toBe(0)
    expect(printed).toMatch(/assistente virtual do INSS/)
    expect(printed).toMatch(/data de nascimento/)
  })

  it('saves a terminal conversation as a conversation test', async () => {
    const file = join(newDataFolder(), 'salva.yaml')
    const { code } = await runToTheEnd({}, ['chat', '--save', file], 'oi\nquero ver meu pagamento\n')
    expect(code).toBe(0)
    const saved = readConversation(file)
    expect(saved.turns.map(({ open, say }) => say ?? open)).toEqual([true, 'oi', 'quero ver meu pagamento'])
    expect(saved.turns.every(({ bot = [] }) => bot.length > 0)).toBe(true)
  })
})
