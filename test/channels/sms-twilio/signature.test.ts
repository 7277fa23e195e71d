import fc from 'fast-check'
import {
  getExpectedBodyHash,
  getExpectedTwilioSignature,
  validateRequest,
  validateRequestWithBody,
} from 'twilio/lib/webhooks/webhooks'
import { isSigned } from '../../../src/channels/sms-twilio/signature'

const URL_SIGNED = 'https://mycompany.com/myapp.php?foo=1&bar=2'
const empty = Buffer.alloc(0)
const runs = { numRuns: Number(process.env.FUZZ_RUNS ?? 2000) }

describe("Twilio's own examples", () => {
  const fields = { CallSid: 'CA1234567890ABCDE', Digits: '1234', To: '+18005551212' }

  test.each([
    ['+12349013030', '0/KCTR6DLpKmkAf8muzZqo1nDgQ='],
    ['+14158675309', 'RSOYDt4T1cUTdK1PDd93/VVr8B8='],
  ])('from %s are signed', (caller, signature) => {
    const form = new URLSearchParams({ ...fields, Caller: caller, From: caller })
    expect(isSigned('12345', { url: URL_SIGNED, form, body: empty, signature })).toBe(true)
    expect(isSigned('12346', { url: URL_SIGNED, form, body: empty, signature })).toBe(false)
    expect(isSigned('12345', { url: `${URL_SIGNED}3`, form, body: empty, signature })).toBe(false)
    form.set('Digits', '1235')
    expect(isSigned('12345', { url: URL_SIGNED, form, body: empty, signature })).toBe(false)
  })
})

describe('a signature', () => {
  const sign = (url: string, form: Record<string, string>) => getExpectedTwilioSignature('token', url, form)

  test.each([
    ['https://a.gov.br/x', 'https://a.gov.br:443/x'],
    ['https://a.gov.br:443/x', 'https://a.gov.br/x'],
    ['http://a.gov.br/x', 'http://a.gov.br:80/x'],
    ['https://a.gov.br:8443/x?y=1:2', 'https://a.gov.br/x?y=1:2'],
    ['https://a.gov.br:8443', 'https://a.gov.br'],
  ])('of %s counts for %s, because Twilio is not consistent about ports', (url, signedUrl) => {
    const form = new URLSearchParams({ Body: 'oi' })
    const signature = sign(signedUrl, { Body: 'oi' })
    expect(validateRequest('token', signature, url, { Body: 'oi' })).toBe(true)
    expect(isSigned('token', { url, form, body: empty, signature })).toBe(true)
  })

  test('of a body that is no form counts when the address carries its digest', () => {
    const body = '{"MessageSid":"SM1","Body":"não"}'
    const url = `https://a.gov.br/x?bodySHA256=${getExpectedBodyHash(body)}`
    const signature = sign(url, {})
    expect(validateRequestWithBody('token', signature, url, body)).toBe(true)
    const request = { url, form: undefined, body: Buffer.from(body), signature }
    expect(isSigned('token', request)).toBe(true)
    expect(isSigned('token', { ...request, body: Buffer.from(`${body} `) })).toBe(false)
    expect(isSigned('token', { ...request, signature: sign(`${url}0`, {}) })).toBe(false)
  })

  test('of the address alone does not vouch for a body', () => {
    const url = 'https://a.gov.br/x'
    const signature = sign(url, {})
    expect(isSigned('token', { url, form: undefined, body: Buffer.from('{}'), signature })).toBe(false)
    expect(isSigned('token', { url, form: new URLSearchParams('a=1'), body: empty, signature })).toBe(false)
  })

  test('that is missing or broken is none', () => {
    const form = new URLSearchParams({ Body: 'oi' })
    for (const signature of ['', 'x', sign('https://a.gov.br/x', { Body: 'oi' }).slice(1), 'ç'.repeat(28)]) {
      expect(isSigned('token', { url: 'https://a.gov.br/x', form, body: empty, signature })).toBe(false)
    }
  })
})

describe('whatever Twilio sends, ours and its own library agree', () => {
  const text = fc.string({ unit: 'binary', maxLength: 40 }).map((any) => any.replace(/\p{Cs}/gu, ''))
  const fields = fc.dictionary(fc.string({ minLength: 1, maxLength: 12 }), text, { maxKeys: 12 })
  const url = fc.webUrl({ withQueryParameters: true }).filter((any) => !any.includes('bodySHA256'))

  test('about forms', () => {
    fc.assert(
      fc.property(url, fields, fc.boolean(), (at, given, right) => {
        const signature = getExpectedTwilioSignature(right ? 'token' : 'another', at, given)
        const form = new URLSearchParams(given)
        const ours = isSigned('token', { url: at, form, body: empty, signature })
        expect(ours).toBe(validateRequest('token', signature, at, Object.fromEntries(form)))
        expect(ours).toBe(right)
      }),
      runs,
    )
  })

  test('about fields that repeat', () => {
    const repeated = fc.dictionary(
      fc.constantFrom('MediaUrl', 'Body', 'a'),
      fc.array(fc.string({ maxLength: 5 }), { minLength: 1, maxLength: 4 }),
    )
    fc.assert(
      fc.property(url, repeated, (at, given) => {
        const form = new URLSearchParams()
        for (const [name, values] of Object.entries(given)) {
          for (const value of values) form.append(name, value)
        }
        const signature = getExpectedTwilioSignature('token', at, given)
        expect(isSigned('token', { url: at, form, body: empty, signature })).toBe(true)
      }),
      runs,
    )
  })

  test('about other bodies', () => {
    fc.assert(
      fc.property(text, fc.boolean(), (body, right) => {
        const at = `https://a.gov.br/x?bodySHA256=${getExpectedBodyHash(right ? body : `${body}.`)}`
        const signature = getExpectedTwilioSignature('token', at, {})
        const ours = isSigned('token', { url: at, form: undefined, body: Buffer.from(body), signature })
        expect(ours).toBe(validateRequestWithBody('token', signature, at, body))
        expect(ours).toBe(right)
      }),
      runs,
    )
  })
})
