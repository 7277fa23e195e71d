import http from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser } from 'playwright-core'
import { type Harness, SECRET, startHarness } from '../channels/web/harness'
import { describeInBrowser, launchBrowser } from './browser'

describeInBrowser('the public Direct Line client in a real browser', () => {
  let harness: Harness
  let browser: Browser
  let elsewhere: http.Server

  beforeAll(async () => {
    harness = await startHarness()
    elsewhere = http.createServer((_request, response) => {
      response.setHeader('content-type', 'text/html').end('<!doctype html><title>Another site</title>')
    })
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve))
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    elsewhere?.closeAllConnections()
    elsewhere?.close()
    await harness?.stop()
  })

  test.each([
    ['over WebSocket', true],
    ['by polling', false],
  ])('holds a conversation from a page of another origin %s', async (_name, webSocket) => {
    const context = await browser.newContext()
    const page = await context.newPage()
    await page.goto(`http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`)
    await page.addScriptTag({ path: require.resolve('botframework-directlinejs/dist/directline.js') })
    const texts = await page.evaluate(`new Promise((resolve, reject) => {
      setTimeout(() => reject(new Error('no conversation within 10 s')), 10000)
      const line = new DirectLine.DirectLine({
        secret: ${JSON.stringify(SECRET)},
        domain: ${JSON.stringify(`${harness.url}/v3/directline`)},
        webSocket: ${webSocket},
        pollingInterval: 200,
      })
      const texts = []
      line.activity$.filter(({ type }) => type === 'message').subscribe(({ text }) => {
        texts.push(text)
        if (texts.length === 1) {
          line.postActivity({ type: 'message', from: { id: 'dl_x' }, text: 'oi' }).subscribe()
        }
        if (texts.length === 3) resolve(texts)
      })
    })`)
    expect(texts).toEqual(['Olá! Como posso ajudar?', 'oi', 'Você disse: oi'])
    await context.close()
  })
})
