import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { LinkState } from '../../../src/channels/whatsapp-web/states'
import type { Inbound } from '../../../src/message'
import { describeWithChromium, type Link, QR_TOKEN, startLink, until } from './harness'
import { type FakeWhatsApp, startWhatsApp } from './whatsapp'

const PERSON = '5511900000001@c.us'
const HIDDEN = '200000000000001@lid'

describeWithChromium('a telephone linked over WhatsApp Web', () => {
  let whatsapp: FakeWhatsApp
  let link: Link

  const stateIs = (name: LinkState['name']) =>
    until(
      () => link.channel.state().name === name && link.channel.state(),
      15_000,
      () => [link.channel.state(), link.states],
    )
  const told = (what: string) => until(() => whatsapp.told(what)[0])
  const message = (fields: object) => whatsapp.command('message', { message: { from: PERSON, ...fields } })
  const received = (id: string) => until(() => link.received.find((each) => each.id === id))
  let heard: Inbound

  beforeAll(async () => {
    whatsapp = await startWhatsApp()
    link = await startLink({ ...whatsapp.browser, callMs: 1_500 })
    await link.channel.start()
  })
  afterAll(async () => {
    await link.stop()
    await whatsapp.stop()
  })
  beforeEach(() => whatsapp.forget())

  it('shows a code to scan, on the terminal and on the page', async () => {
    const state = await stateIs('waiting_for_scan')
    expect(state).toEqual({ name: 'waiting_for_scan', code: 'ref-1,AQID,BAUG,adv-key,1', lost: false })
    await until(() => link.said.length === 2)
    expect(link.said[0]).toContain('▄')
    expect(link.said[1]).toBe(
      `  WhatsApp Web   scan this code with the telephone that answers, or at ${link.url}/webhooks/whatsapp-web/qr (access code ${QR_TOKEN})`,
    )
    const entered = await fetch(`${link.url}/webhooks/whatsapp-web/qr`, {
      method: 'POST',
      body: new URLSearchParams({ code: QR_TOKEN }),
      redirect: 'manual',
    })
    const cookie = entered.headers.get('set-cookie')?.split(';')[0] ?? ''
    const page = await fetch(`${link.url}/webhooks/whatsapp-web/qr`, { headers: { cookie } })
    expect(await page.text()).toContain('<img src="data:image/svg+xml;base64,')
  })

  it('shows the next code when WhatsApp changes it', async () => {
    await whatsapp.command('ref', { ref: 'ref-2' })
    await until(() => JSON.stringify(link.channel.state()).includes('ref-2,AQID'))
  })

  it('sends nothing before it is linked, and says that it can be tried again', async () => {
    await expect(link.send('Oi', undefined)).rejects.toMatchObject({
      code: 'address_unknown',
      failure: 'final',
    })
    const address = addressOfPerson()
    await expect(link.send('Oi', address)).rejects.toMatchObject({
      code: 'not_ready',
      failure: 'throttled',
      details: { retryAfterMs: 5_000, everyone: true },
    })
    const anHourAgo = new Date(Date.now() - 3_600_000).toISOString()
    await expect(link.send('Oi', address, { at: anHourAgo })).rejects.toMatchObject({
      code: 'not_ready',
      failure: 'retry',
    })
  })

  it('is ready once the telephone has scanned the code', async () => {
    await whatsapp.command('scan')
    await stateIs('ready')
    expect(link.states).toEqual([
      'starting',
      'waiting_for_scan',
      'waiting_for_scan',
      'authenticated',
      'ready',
    ])
    expect(link.said.at(-1)).toBe('  WhatsApp Web   linked and answering')
  })

  it('hands over what a person writes, and marks it as read once it is stored', async () => {
    await message({ id: '3EB000000001', body: 'Quero me aposentar' })
    heard = await received('3EB000000001')
    expect(heard).toEqual({
      id: '3EB000000001',
      channel: 'whatsapp-web',
      conversationId: expect.stringMatching(/^[\w]{22}$/),
      at: expect.any(String),
      address: expect.any(String),
      kind: 'text',
      text: 'Quero me aposentar',
    })
    expect(JSON.stringify(heard)).not.toContain('5511900000001')
    expect(await told('seen')).toEqual({ what: 'seen', chat: PERSON })
  })

  it('sends the text to the chat it came from, by the call of the page itself', async () => {
    await link.send('Vamos ver.\n\n1. Sim\n2. Não', heard.address)
    expect(whatsapp.told('sent')).toEqual([
      {
        what: 'sent',
        chat: PERSON,
        body: 'Vamos ver.\n\n1. Sim\n2. Não',
        type: 'chat',
        linkPreview: false,
        id: expect.stringMatching(/^3EB0/),
      },
    ])
  })

  it('tells how far a message got, and nothing of those written by hand', async () => {
    await link.send('Até quando?', heard.address, { id: 'reply-2', conversationId: 'conversation-2' })
    const { id } = await told('sent')
    await whatsapp.command('byHand', { to: PERSON, body: 'Oi, é o Zé' })
    for (const ack of [1, 2, 3]) await whatsapp.command('ack', { id, ack })
    await until(() => link.receipts.length === 3)
    const about = { outboundId: 'reply-2', conversationId: 'conversation-2', at: expect.any(String) }
    expect(link.receipts).toEqual([
      { ...about, status: 'sent' },
      { ...about, status: 'delivered' },
      { ...about, status: 'read' },
    ])
    await whatsapp.command('ack', { id, ack: -1 })
    await until(() => link.receipts.length === 4)
    expect(link.receipts[3]).toEqual({ ...about, status: 'failed', code: 'whatsapp_ack_error' })
  })

  it('answers a person whose number WhatsApp hides, at the id it gave', async () => {
    await message({ id: '3EB000000002', from: HIDDEN, body: 'Oi' })
    const { address, conversationId } = await received('3EB000000002')
    expect(conversationId).not.toBe(heard.conversationId)
    await link.send('Olá', address)
    expect(await told('sent')).toMatchObject({ chat: HIDDEN, body: 'Olá' })
  })

  it('shows that it is writing', async () => {
    link.channel.typing?.(heard)
    expect(await told('typing')).toEqual({ what: 'typing', chat: PERSON })
  })

  it('sends a document with its text', async () => {
    const file = { name: 'protocolo.pdf', mimeType: 'application/pdf', content: btoa('%PDF-1.7 ...') }
    await link.send('Aqui está o seu protocolo.', heard.address, { file })
    expect(await told('sent')).toMatchObject({
      chat: PERSON,
      type: 'document',
      caption: 'Aqui está o seu protocolo.',
      fileName: 'protocolo.pdf',
      fileText: '%PDF-1.7 ...',
    })
  })

  it('fetches a recording, and refuses what is too large, of another kind or gone', async () => {
    const audio = { type: 'ptt', mimetype: 'audio/ogg; codecs=opus' }
    await message({ id: '3EB000000003', ...audio, size: 2_000, directPath: '/audio' })
    const inbound = await received('3EB000000003')
    expect(inbound).toMatchObject({
      kind: 'unsupported',
      what: 'audio',
      media: { mimeType: 'audio/ogg; codecs=opus', bytes: 2_000 },
    })
    const media = 'media' in inbound && inbound.media ? inbound.media : undefined
    if (media === undefined) throw new Error('no media')
    expect(media.id).not.toContain('5511900000001')
    expect(await link.channel.fetchMedia?.(media)).toEqual({
      content: Buffer.from('file at /audio'),
      mimeType: 'audio/ogg; codecs=opus',
    })
    const refused = async (wrong: object, code: string) =>
      expect(link.channel.fetchMedia?.({ ...media, ...wrong })).rejects.toMatchObject({
        code,
        failure: 'final',
      })
    await refused({ bytes: 17 * 1024 * 1024 }, 'media_too_large')
    await refused({ mimeType: 'video/mp4' }, 'media_kind')
    await refused({ id: 'made-up' }, 'media_unknown')
    await message({ id: '3EB000000004', ...audio, size: 17 * 1024 * 1024, directPath: '/large' })
    await message({ id: '3EB000000005', ...audio, size: 10, directPath: '/gone' })
    const fileOf = async (id: string) => {
      const each = await received(id)
      return { id: ('media' in each && each.media?.id) || '' }
    }
    await refused({ ...(await fileOf('3EB000000004')), bytes: 10 }, 'media_too_large')
    await refused(await fileOf('3EB000000005'), 'media_gone')
  })

  it('leaves groups, status, channels, its own words and notices alone', async () => {
    const before = link.received.length
    await message({ id: '3EB000000010', from: '120363000000000001@g.us', body: 'grupo' })
    await message({ id: '3EB000000011', from: 'status@broadcast', body: 'status', isStatusV3: true })
    await message({ id: '3EB000000012', from: '120363000000000002@newsletter', body: 'canal' })
    await message({ id: '3EB000000013', type: 'e2e_notification', body: 'chaves' })
    await message({ id: '3EB000000014', type: 'call_log' })
    await message({ id: '3EB000000015', from: '0@c.us', body: 'aviso do WhatsApp' })
    await message({ id: '3EB000000016', body: 'de ontem', t: Math.floor(Date.now() / 1000) - 25 * 3600 })
    await whatsapp.command('byHand', { to: PERSON, body: 'por minha conta' })
    await message({ id: '3EB000000017', body: 'fim' })
    await received('3EB000000017')
    expect(link.received).toHaveLength(before + 1)
  })

  it('does not know whether a call that took too long went out, and learns it from the receipt', async () => {
    await whatsapp.command('sendMode', { mode: 'hang' })
    link.receipts.splice(0)
    const late = link.send('Demorou', heard.address, { id: 'reply-3' })
    await expect(late).rejects.toMatchObject({ code: 'call_timeout', failure: 'unknown' })
    await whatsapp.command('ack', { id: (await told('sent')).id, ack: 1 })
    await until(() => link.receipts.length === 1)
    expect(link.receipts[0]).toMatchObject({ outboundId: 'reply-3', status: 'sent' })
  })

  it('knows its message when the page lists the chat under another id of the person', async () => {
    await whatsapp.command('sendMode', { mode: 'other-id' })
    link.receipts.splice(0)
    await link.send('Outro endereço', heard.address, { id: 'reply-4' }).catch(() => undefined)
    await whatsapp.command('ack', { id: (await told('sent')).id, ack: 2 })
    await until(() => link.receipts.length === 1)
    expect(link.receipts[0]).toMatchObject({ outboundId: 'reply-4', status: 'delivered' })
  })

  it('passes on no word of the page when the page refuses', async () => {
    await whatsapp.command('sendMode', { mode: 'refuse' })
    const refused = link.send('Oi', heard.address)
    await expect(refused).rejects.toMatchObject({
      code: 'page_error',
      failure: 'unknown',
      message: 'page_error',
    })
    await whatsapp.command('sendMode', { mode: 'ok' })
  })

  it('waits while the line is down and goes on when it is back', async () => {
    await whatsapp.command('state', { state: 'TIMEOUT' })
    expect(await stateIs('disconnected')).toEqual({ name: 'disconnected', why: 'whatsapp_timeout' })
    await expect(link.send('Oi', heard.address)).rejects.toMatchObject({ code: 'not_ready' })
    await whatsapp.command('state', { state: 'CONNECTED' })
    await stateIs('ready')
  })

  it('goes on after the page loaded itself anew', async () => {
    link.states.splice(0)
    await whatsapp.command('reload')
    await until(
      () => link.states.join() === 'disconnected,ready',
      15_000,
      () => link.states,
    )
    await link.send('De volta', heard.address)
    expect(await told('sent')).toMatchObject({ body: 'De volta' })
  })

  it('links again without a scan when another browser took over, and reads what came meanwhile once', async () => {
    const unread = {
      from: PERSON,
      id: '3EB000000020',
      body: 'Tem alguém aí?',
      t: Math.floor(Date.now() / 1000) - 60,
    }
    // Written before this number was the assistant's, to whoever had it then.
    const older = { from: HIDDEN, id: '3EB000000021', body: 'velha', t: unread.t - 3600 }
    const group = { from: '120363000000000001@g.us', id: '3EB000000022', body: 'grupo', t: unread.t }
    whatsapp.world = {
      unread: [older, { ...unread, id: '3EB000000023', body: 'Oi?', t: unread.t + 30 }, unread, group],
    }
    link.states.splice(0)
    link.received.splice(0)
    await whatsapp.command('state', { state: 'CONFLICT' })
    const state = await stateIs('disconnected')
    expect(state).toEqual({ name: 'disconnected', why: 'whatsapp_conflict', retryAt: expect.any(Date) })
    await stateIs('ready')
    await told('seen')
    expect(link.states).toEqual(['disconnected', 'starting', 'authenticated', 'ready'])
    expect(whatsapp.told('opened')).toEqual([{ what: 'opened', linked: true }])
    expect(link.received.map(({ id }) => id)).toEqual(['3EB000000020', '3EB000000023'])
    whatsapp.world = {}
  })

  it('recovers when Chromium is killed', async () => {
    link.states.splice(0)
    const killed = link.browsers()
    expect(killed.length).toBeGreaterThan(2)
    for (const pid of killed) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // It ended with its parent.
      }
    }
    await until(
      () => link.states.includes('ready'),
      20_000,
      () => link.states,
    )
    expect(link.states).toEqual(['disconnected', 'starting', 'authenticated', 'ready'])
    expect(link.browsers().some((pid) => killed.includes(pid))).toBe(false)
    await link.send('Voltei', heard.address)
    expect(await told('sent')).toMatchObject({ chat: PERSON, body: 'Voltei' })
  })

  it('asks for a scan again when the telephone ended the session, and says so', async () => {
    link.said.splice(0)
    link.states.splice(0)
    await whatsapp.command('logout')
    const state = await stateIs('session_lost')
    expect(state).toEqual({ name: 'session_lost', why: 'whatsapp_logout', retryAt: expect.any(Date) })
    // The profile, which was the session, is gone.
    expect(existsSync(join(link.folder, 'session'))).toBe(false)
    expect(await stateIs('waiting_for_scan')).toMatchObject({ lost: true })
    await until(() => link.said.length === 3)
    expect(link.said[0]).toBe(
      '  WhatsApp Web   the telephone ended the session (whatsapp_logout): a new code follows',
    )
    expect(link.said[2]).toContain('the telephone ended the session: scan again')
    expect(link.logged()).toContain('"code":"whatsapp_logout","state":"session_lost"')
    await whatsapp.command('scan')
    await stateIs('ready')
  })

  it('asked the page for nothing it lacks, and called nobody but WhatsApp', () => {
    expect(whatsapp.everUnknown()).toEqual([])
    expect(whatsapp.strangers).toEqual([])
  })

  it('stops without leaving a process, an uncaught failure or a word about anybody', async () => {
    await link.channel.stop?.()
    expect(link.channel.state()).toEqual({ name: 'stopped' })
    await link.noBrowser()
    expect(link.faults).toEqual([])
    const private_ = /5511900000001|200000000000001|3EB0|aposentar|Vamos ver|ref-\d|access-code|protocolo/
    expect(link.logged()).not.toMatch(private_)
  })

  function addressOfPerson(): string {
    return link.addresses.seal({ chat: PERSON })
  }
})
