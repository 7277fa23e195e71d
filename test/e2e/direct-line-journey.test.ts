import { type Activity, DirectLine } from 'botframework-directlinejs'
import { WebSocket } from 'ws'
import { FetchXmlHttpRequest } from '../channels/web/xml-http-request'
import { type RunningProduct, startBuiltProduct } from '../process/product'

const SECRET = 'segredo-do-direct-line-de-teste'

describe.each([
  ['over WebSocket', true],
  ['by polling', false],
])('the unmodified Direct Line client against the whole product, %s', (_name, webSocket) => {
  let product: RunningProduct
  beforeAll(async () => {
    Object.assign(globalThis, { WebSocket, XMLHttpRequest: FetchXmlHttpRequest })
    product = await startBuiltProduct({ DIRECTLINE_SECRET: SECRET })
  })
  afterAll(() => product.stop())

  it('finds out the day of a payment, by words and by pressing a suggested action', async () => {
    const line = new DirectLine({
      secret: SECRET,
      domain: `${product.chat}/v3/directline`,
      webSocket,
      pollingInterval: 200,
    })
    const seen: Activity[] = []
    const subscription = line.activity$.subscribe((activity) => seen.push(activity))
    const bot = () =>
      seen.filter((one) => one.type === 'message' && one.from.role === 'bot') as { text?: string }[]
    const answered = async (words: RegExp) => {
      for (let tries = 0; tries < 200; tries += 1) {
        const found = bot().find((one) => words.test(one.text ?? ''))
        if (found !== undefined) return found as Activity & Record<string, never>
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
      throw new Error(
        `nobody said ${words}: ${bot()
          .map((one) => one.text)
          .join(' | ')}`,
      )
    }
    const say = (text: string, channelData: object = {}) =>
      line.postActivity({ type: 'message', from: { id: 'dl_1' }, text, channelData } as Activity).toPromise()

    const first = await answered(/O que você precisa/)
    expect(JSON.stringify(first)).toContain('Simular aposentadoria')
    await say('que dia cai meu pagamento?')
    const asked = await answered(/Como você quer ver/)
    const { suggestedActions, channelData } = asked as unknown as {
      suggestedActions: { actions: { value: string }[] }
      channelData: { questionId: string }
    }
    await say(suggestedActions.actions[1]?.value ?? '', { questionId: channelData.questionId })
    await answered(/número do seu benefício/)
    await say('termina em 4')
    await answered(/mais de um salário mínimo/)
    await say('não')
    await answered(/Benefício com final 4/)
    subscription.unsubscribe()
    line.end()
  })
})
