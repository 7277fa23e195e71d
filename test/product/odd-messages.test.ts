import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { GRAPH } from '../channels/whatsapp-cloud/graph-server'
import { leaks } from './leaks'
import { messageId, startWhatsApp, type Telephone, type WhatsAppWorld } from './whatsapp-world'
import { START } from './world'

jest.setTimeout(120_000)

const HOUR_MS = 3_600_000
const SPEECH_TOKEN = 'token-of-the-speech-server'
const VOICE = { type: 'audio', mimeType: 'audio/ogg; codecs=opus' }

describe('what people send over WhatsApp besides words', () => {
  let speech: Awaited<ReturnType<typeof startSpeech>>
  let world: WhatsAppWorld
  const people: { phone: string; bsuid: string }[] = []

  beforeAll(async () => {
    speech = await startSpeech()
    world = await startWhatsApp({ SPEECH_URL: speech.url, SPEECH_TOKEN }, 'assistant')
  })
  afterAll(async () => {
    await world?.stop()
    await speech?.stop()
  })
  afterEach(() => {
    expect(world.graph.refused).toEqual([])
  })

  /** Somebody who never wrote before. */
  function newcomer(): Telephone {
    const number = String(people.length + 1).padStart(3, '0')
    const person = { phone: `5511900000${number}`, bsuid: `BR.77491208655302741${number}` }
    people.push(person)
    return world.telephone(person)
  }

  /** At the question for the date of birth. */
  async function simulating(): Promise<Telephone> {
    const person = newcomer()
    await person.ask('quero simular minha aposentadoria')
    await person.choose('Eu conto')
    expect((await person.choose('Mulher')).text).toMatch(/data de nascimento/)
    return person
  }

  function voice(person: Telephone, says: string | undefined): Promise<string> {
    speech.says = says
    const id = world.graph.putMedia(Buffer.from(`OggS ${says}`), VOICE.mimeType)
    return person.send({ type: 'audio', audio: { id, mime_type: VOICE.mimeType, sha256: '', voice: true } })
  }

  describe('a voice message', () => {
    test('counts once the person said that it was heard right', async () => {
      const person = await simulating()
      await voice(person, 'Dez de março de 1966.')
      const [asked] = await person.hear()
      expect(asked?.text).toBe('Ouvi o seu áudio e entendi: "Dez de março de 1966.". Certo?')
      expect(speech.heard.at(-1)).toEqual({
        authorization: `Bearer ${SPEECH_TOKEN}`,
        language: 'pt',
        model: 'whisper-1',
        file: 'OggS Dez de março de 1966.',
      })
      expect((await person.choose('Sim')).text).toMatch(/Quanto tempo você já contribuiu/)
    })

    test('that was heard wrong is put away, and the question stays', async () => {
      const person = await simulating()
      await voice(person, 'Vez de março de mim nove sentos.')
      expect((await person.hear())[0]?.text).toMatch(/Certo\?$/)
      const again = await person.choose('Não, vou escrever')
      expect(again.text).toMatch(/^Tudo bem\. Então escreva/)
      expect((await person.ask('10/03/1966')).text).toMatch(/Quanto tempo você já contribuiu/)
    })

    test('is answered politely while nobody can listen', async () => {
      const person = await simulating()
      await voice(person, undefined)
      const [polite] = await person.hear()
      expect(polite?.text).toMatch(
        /^Não consegui entender o seu áudio\. Pode escrever, por favor\?[\s\S]*data de nascimento/,
      )
      expect((await person.ask('10/03/1966')).text).toMatch(/Quanto tempo você já contribuiu/)
    })

    test('that says somebody wants to die is not asked back', async () => {
      const person = newcomer()
      await voice(person, 'eu não aguento mais, quero morrer')
      expect((await person.hear()).map((each) => each.text).join()).toMatch(/188/)
    })
  })

  test('two answers at once are taken one after the other, in order', async () => {
    const person = await simulating()
    const [first, second] = [messageId(), messageId()]
    const texts = ['10/03/1966', '27 anos'].map((body, index) => ({
      id: [first, second][index],
      type: 'text',
      text: { body },
    }))
    expect(await world.post(person.bodyOf(texts))).toBe(200)
    const said = (await person.hear(2)).map((each) => each.text)
    expect(said).toHaveLength(2)
    expect(said[0]).toMatch(/Quanto tempo você já contribuiu/)
    expect(said[1]).toMatch(/Você ainda contribui hoje\?/)
  })

  test('a message told three times, twice of them at once, is answered once', async () => {
    const person = await simulating()
    const body = person.bodyOf([{ id: messageId(), type: 'text', text: { body: '10/03/1966' } }])
    expect(await Promise.all([world.post(body), world.post(body)])).toEqual([200, 200])
    expect((await person.hear()).map((each) => each.text)).toEqual([
      expect.stringMatching(/Quanto tempo você já contribuiu/),
    ])
    expect(await world.post(body)).toBe(200)
    expect(await person.silence()).toEqual([])
  })

  test('a choice tapped twice answers one question, not the next one too', async () => {
    const person = newcomer()
    const asked = await person.ask('quero simular minha aposentadoria')
    await person.press('Eu conto', asked)
    await person.press('Eu conto', asked)
    const said = (await person.hear(2)).map((each) => each.text)
    expect(said).toEqual([
      expect.stringMatching(/uma mulher ou de um homem\?$/),
      expect.stringMatching(/^Essa resposta era de uma pergunta anterior[\s\S]*uma mulher ou de um homem\?$/),
    ])
  })

  test('the pictures of an album get one answer', async () => {
    const person = newcomer()
    await Promise.all(
      [1, 2, 3, 4].map((number) =>
        person.send({
          type: 'image',
          image: { id: `600${number}`, mime_type: 'image/jpeg', sha256: '' },
        }),
      ),
    )
    const said = await person.hear()
    expect(said).toHaveLength(1)
    expect(said[0]?.text).toMatch(/Recebi a sua imagem, mas ainda não consigo ler imagens/)
    expect(await person.silence()).toEqual([])
  })

  test('"oi" and "tudo bem?" in two messages get one greeting', async () => {
    const person = newcomer()
    await person.say('oi')
    await new Promise((resolve) => setTimeout(resolve, 900))
    await person.say('tudo bem?')
    const said = await person.hear()
    expect(said).toHaveLength(1)
    expect(said[0]?.text).toMatch(/^Olá! Sou o assistente virtual do INSS/)
    expect(await person.silence()).toEqual([])
  })

  test.each([
    ['a sticker', { type: 'sticker', sticker: { id: '6100', mime_type: 'image/webp' } }, /figurinha/],
    [
      'a place',
      { type: 'location', location: { latitude: -7.23, longitude: -35.88, name: 'Casa' } },
      /localização/,
    ],
    [
      'a document',
      { type: 'document', document: { id: '6101', mime_type: 'application/pdf', filename: 'rg.pdf' } },
      /documentos por aqui/,
    ],
    ['5,000 characters', { type: 'text', text: { body: 'muito texto '.repeat(420) } }, /comprida demais/],
    ['a kind nobody knows', { type: 'unsupported', errors: [{ code: 131051 }] }, /esse tipo de mensagem/],
  ])('%s is answered with what to do, and the question stays', async (_name, content, answer) => {
    const person = await simulating()
    await person.send(content)
    const said = (await person.hear()).map((each) => each.text).join('\n')
    expect(said).toMatch(answer)
    expect(said).toMatch(/Qual é a data de nascimento\?$/)
  })

  test('a thumb up says yes', async () => {
    const person = await simulating()
    await person.ask('10/03/1966')
    expect((await person.ask('27 anos')).text).toMatch(/Você ainda contribui hoje\?/)
    expect((await person.ask('👍🏾')).text).toMatch(/média dos salários/)
  })

  test('a reaction is no message to answer', async () => {
    const person = await simulating()
    await person.send({ type: 'reaction', reaction: { message_id: 'wamid.OUT1', emoji: '👍' } })
    expect(await person.silence()).toEqual([])
  })

  test('a button pressed a day after the conversation went on decides nothing', async () => {
    const person = newcomer()
    const question = await person.ask('quero simular minha aposentadoria')
    await person.choose('Eu conto')
    await person.choose('Mulher')
    await world.product.restart(new Date(Date.parse(START) + 25 * HOUR_MS).toISOString())
    await person.press('Usar meu cadastro', question)
    const stale = await person.hear(1, 20)
    expect(stale[0]?.text).toMatch(
      /^Essa resposta era de uma pergunta anterior\. Por segurança, não usei\.[\s\S]*data de nascimento/,
    )
    // The question that is open can be answered, and the window of 24 hours is open again.
    expect((await person.ask('10/03/1966')).text).toMatch(/Quanto tempo você já contribuiu/)
  })

  test('writes no telephone, id, token or word of anybody into the log', () => {
    const { product, spoken, ids } = world
    const who = people.flatMap(({ phone, bsuid }) => [phone, bsuid])
    const secrets = [...who, ...ids, GRAPH.accessToken, GRAPH.appSecret, SPEECH_TOKEN]
    const said = [...spoken, ...speech.heard.map(({ file }) => file.replace('OggS ', '')), 'muito texto']
    expect(leaks(product.printed(), { secrets, spoken: said })).toEqual([])
  })
})

/** A transcription service that speaks as OpenAI's; down while `says` is undefined. */
async function startSpeech() {
  const heard: { authorization: string | undefined; language: string; model: string; file: string }[] = []
  const service = {
    says: undefined as string | undefined,
    heard,
    url: '',
    stop: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    },
  }
  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    if (service.says === undefined) return void request.socket.destroy()
    const headers = { 'content-type': request.headers['content-type'] ?? '' }
    const form = await new Response(new Uint8Array(Buffer.concat(chunks)), { headers }).formData()
    heard.push({
      authorization: request.headers.authorization,
      language: String(form.get('language')),
      model: String(form.get('model')),
      file: await (form.get('file') as File).text(),
    })
    response.end(JSON.stringify({ text: service.says }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  service.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return service
}
