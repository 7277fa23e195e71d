import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { ChannelError } from '../../../src/channels/channel'
import { addresses, contactOf, type Harness, NOW, outbound, startHarness } from './harness'

let harness: Harness

beforeEach(async () => {
  harness = await startHarness()
})
afterEach(async () => {
  await harness.stop()
})

const VOICE = Buffer.from('OggS of tests')
const OGG = 'audio/ogg; codecs=opus'

async function fetched(id: string, mimeType = OGG) {
  try {
    return await harness.channel.fetchMedia?.({ id, mimeType })
  } catch (error) {
    const { code, failure } = error as ChannelError
    expect(error).toBeInstanceOf(ChannelError)
    return { code, failure }
  }
}

describe('a file a person sent', () => {
  test('comes with its kind, by two calls that carry the token', async () => {
    const id = harness.graph.putMedia(VOICE, OGG)
    expect(await fetched(id)).toEqual({ content: VOICE, mimeType: OGG })
  })

  test.each(['image/jpeg', 'image/png', 'application/pdf', 'audio/mpeg', 'AUDIO/OGG'])(
    '%s is taken',
    async (type) => {
      expect(await fetched(harness.graph.putMedia(VOICE, type), type)).toMatchObject({ mimeType: type })
    },
  )

  test.each(['application/zip', 'text/html', 'video/mp4', 'image/svg+xml', 'application/x-msdownload', ''])(
    '%s is not, and Meta is not asked',
    async (type) => {
      const id = harness.graph.putMedia(VOICE, type)
      expect(await fetched(id, type)).toEqual({ code: 'media_kind', failure: 'final' })
      expect(harness.graph.counts.requests).toBe(0)
    },
  )

  test('of another kind than was said, is not taken', async () => {
    const id = harness.graph.putMedia(VOICE, 'application/x-msdownload')
    expect(await fetched(id, 'image/jpeg')).toEqual({ code: 'media_kind', failure: 'final' })
  })

  test('that says it is too large is not downloaded', async () => {
    const id = harness.graph.putMedia(VOICE, 'image/jpeg', { fileSize: 5 * 1024 * 1024 + 1 })
    expect(await fetched(id, 'image/jpeg')).toEqual({ code: 'media_too_large', failure: 'final' })
    expect(harness.graph.counts.requests).toBe(1)
  })

  test('that is larger than it says is read no further than the limit', async () => {
    const large = Buffer.alloc(5 * 1024 * 1024 + 1)
    const id = harness.graph.putMedia(large, 'image/jpeg', { fileSize: 1000 })
    expect(await fetched(id, 'image/jpeg')).toEqual({ code: 'media_too_large', failure: 'final' })
    const most = Buffer.alloc(5 * 1024 * 1024)
    const whole = await fetched(harness.graph.putMedia(most, 'image/jpeg'), 'image/jpeg')
    expect(whole !== undefined && 'content' in whole && whole.content.equals(most)).toBe(true)
  })

  test.each([
    ['hexadecimal', 'hex'],
    ['base64', 'base64'],
  ] as const)('whose digest in %s is another is fetched again later', async (_, form) => {
    const { createHash } = await import('node:crypto')
    const right = createHash('sha256').update(VOICE).digest(form)
    const wrong = createHash('sha256').update('another').digest(form)
    expect(await fetched(harness.graph.putMedia(VOICE, OGG, { sha256: right }))).toMatchObject({
      content: VOICE,
    })
    expect(await fetched(harness.graph.putMedia(VOICE, OGG, { sha256: wrong }))).toEqual({
      code: 'media_damaged',
      failure: 'retry',
    })
  })

  test('with a digest of an unknown kind is taken', async () => {
    expect(await fetched(harness.graph.putMedia(VOICE, OGG, { sha256: '?' }))).toMatchObject({
      content: VOICE,
    })
  })

  test('that is said to lie outside Meta is not fetched: the token would go with the question', async () => {
    const asked: string[] = []
    const elsewhere = http.createServer((request, response) => {
      asked.push(request.url ?? '')
      response.end()
    })
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve))
    const { port } = elsewhere.address() as AddressInfo
    for (const url of [
      `http://127.0.0.1:${port}/`,
      'https://fbsbx.com.example.org/x',
      'http://lookaside.fbsbx.com/x',
      'file:///etc/passwd',
    ]) {
      const id = harness.graph.putMedia(VOICE, OGG, { url })
      expect(await fetched(id)).toEqual({ code: 'media_elsewhere', failure: 'final' })
    }
    await new Promise((resolve) => elsewhere.close(resolve))
    expect(asked).toEqual([])
  })

  test('that does not end, or comes from a Meta that is down, is let go', async () => {
    const paths: (string | undefined)[] = []
    const meta = http.createServer((request, response) => {
      paths.push(request.url)
      if (request.url?.startsWith('/v25.0/busy')) {
        response.writeHead(504).end()
        return
      }
      const { port } = meta.address() as AddressInfo
      if (request.url !== '/file') {
        response.end(JSON.stringify({ url: `http://127.0.0.1:${port}/file`, mime_type: OGG }))
        return
      }
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(1024 * 1024)));
      }
      response.on('drain', more)
      more()
    })
    await new Promise<void>((resolve) => meta.listen(0, '127.0.0.1', resolve))
    const { port } = meta.address() as AddressInfo
    const other = await startHarness({ graphUrl: `http://127.0.0.1:${port}/v25.0` })
    const fetchMedia = (id: string) => other.channel.fetchMedia?.({ id, mimeType: OGG })
    await expect(fetchMedia('../endless?')).rejects.toMatchObject({
      code: 'media_too_large',
      failure: 'final',
    })
    await expect(fetchMedia('busy')).rejects.toMatchObject({ code: 'http_504', failure: 'retry' })
    await other.stop()
    meta.closeAllConnections()
    await new Promise((resolve) => meta.close(resolve))
    // What a person could write into an id leads nowhere else.
    const query = '?phone_number_id=100200300400500'
    expect(paths).toEqual([`/v25.0/..%2Fendless%3F${query}`, '/file', `/v25.0/busy${query}`])
  })

  test('that Meta no longer has is gone; when Meta cannot be reached it is tried again', async () => {
    expect(await fetched('7999')).toEqual({ code: '100', failure: 'final' })
    await harness.graph.stop()
    expect(await fetched('7000')).toEqual({ code: 'unreachable', failure: 'retry' })
  })
})

describe('a file of ours', () => {
  const pdf = {
    name: 'carta de concessão.pdf',
    mimeType: 'application/pdf',
    content: VOICE.toString('base64'),
  }
  const person = contactOf({ bsuid: 'BR.ana' })
  const sent = () => harness.graph.sends.at(-1)?.body

  test('is uploaded and goes as a document with the text below it', async () => {
    await harness.channel.send(outbound({ text: 'A sua carta.', file: pdf }), person)
    const document = sent()?.document as { id: string }
    expect(sent()).toMatchObject({
      recipient: 'BR.ana',
      type: 'document',
      document: { filename: 'carta de concessão.pdf', caption: 'A sua carta.' },
      biz_opaque_callback_data: 'conversation0000000000~t1-0',
    })
    expect(harness.graph.upload(document.id)).toEqual({
      content: VOICE,
      mimeType: 'application/pdf',
      name: 'carta de concessão.pdf',
    })
  })

  test('is a picture when WhatsApp shows it as one', async () => {
    await harness.channel.send(
      outbound({ text: '', file: { ...pdf, name: 'q.png', mimeType: 'image/png' } }),
      person,
    )
    expect(sent()).toMatchObject({ type: 'image' })
    expect(sent()?.image).toEqual({ id: expect.any(String) })
  })

  test('keeps the choices, written below the text', async () => {
    const choices = [
      { title: 'Sim', value: 's' },
      { title: 'Não', value: 'n' },
    ]
    await harness.channel.send(outbound({ text: 'Está certo?', choices, questionId: 'q', file: pdf }), person)
    expect(sent()?.document).toMatchObject({ caption: 'Está certo?\n1. Sim\n2. Não' })
  })

  test.each([
    ['with too much text', 'caption_too_long', { text: 'a'.repeat(1025), file: pdf }],
    ['that is empty', 'file_size', { file: { ...pdf, content: '' } }],
    [
      'that is too large a picture',
      'file_size',
      {
        file: {
          ...pdf,
          mimeType: 'image/png',
          content: Buffer.alloc(5 * 1024 * 1024 + 1).toString('base64'),
        },
      },
    ],
  ])('%s is given up before anything is said', async (_, code, message) => {
    await expect(harness.channel.send(outbound(message), person)).rejects.toMatchObject({
      code,
      failure: 'final',
    })
    expect(harness.graph.sends).toEqual([])
  })

  test('is not uploaded for a person who must write first', async () => {
    const contact = {
      address: addresses.seal({ bsuid: 'BR.ana' }),
      lastInboundAt: Date.parse(NOW) - 25 * 3_600_000,
    }
    await expect(harness.channel.send(outbound({ file: pdf }), contact)).rejects.toMatchObject({
      failure: 'held',
    })
    expect(harness.graph.upload('9000')).toBeUndefined()
  })

  test('that could not be uploaded is tried again, and nothing was said', async () => {
    await harness.graph.stop()
    await expect(harness.channel.send(outbound({ file: pdf }), person)).rejects.toMatchObject({
      code: 'unreachable',
      failure: 'retry',
    })
  })
})
