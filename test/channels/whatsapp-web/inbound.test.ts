import { createAddresses } from '../../../src/channels/address'
import { inboundOf, readMessage } from '../../../src/channels/whatsapp-web/inbound'
import { SECRET_KEY } from './harness'

const addresses = createAddresses('whatsapp-web', SECRET_KEY)
const at = new Date('2026-03-10T14:00:00.000Z')

/** A message as WhatsApp Web's model gives it; the person is invented. */
function raw(fields: object = {}, from = '5511900000001@c.us') {
  return {
    id: { fromMe: false, remote: from, id: '3EB0A1', _serialized: `false_${from}_3EB0A1` },
    viewed: false,
    body: 'Oi',
    type: 'chat',
    t: 1_773_151_200,
    notifyName: 'Maria',
    from,
    to: '5511900000099@c.us',
    ack: 1,
    isNewMsg: true,
    mentionedJidList: [],
    ...fields,
  }
}

function inbound(fields: object = {}, from?: string) {
  const message = readMessage(raw(fields, from))
  return message && inboundOf(message, addresses, at)
}

describe('a message of WhatsApp Web', () => {
  it('is text, with an opaque conversation and a sealed address', () => {
    const found = inbound()
    expect(found).toMatchObject({ id: '3EB0A1', channel: 'whatsapp-web', kind: 'text', text: 'Oi' })
    expect(found?.at).toBe('2026-03-10T14:00:00.000Z')
    expect(addresses.open(found?.address)).toEqual({ chat: '5511900000001@c.us' })
    expect(JSON.stringify(found)).not.toMatch(/900000001|Maria/)
  })

  it('belongs to one conversation with and without the ninth digit', () => {
    const withNinth = inbound({}, '5511987654321@c.us')
    const without = inbound({}, '551187654321@c.us')
    expect(withNinth?.conversationId).toBe(without?.conversationId)
    expect(addresses.open(without?.address)).toEqual({ chat: '551187654321@c.us' })
  })

  it('of a hidden number is not that of the telephone with the same digits', () => {
    const hidden = inbound({}, '551187654321@lid')
    expect(hidden?.conversationId).not.toBe(inbound({}, '551187654321@c.us')?.conversationId)
    expect(addresses.open(hidden?.address)).toEqual({ chat: '551187654321@lid' })
  })

  it('may name people by objects', () => {
    const wid = { server: 'c.us', user: '5511900000001', _serialized: '5511900000001@c.us' }
    expect(inbound({ from: wid, to: wid })?.conversationId).toBe(inbound()?.conversationId)
  })

  it.each([
    ['buttons_response', 'Sim'],
    ['list_response', 'Aposentadoria'],
    ['template_button_reply', 'Continuar'],
  ])('%s is the text of the button', (type, body) => {
    expect(inbound({ type, body })).toMatchObject({ kind: 'text', text: body })
  })

  it.each([
    ['ptt', 'audio'],
    ['audio', 'audio'],
    ['image', 'image'],
    ['video', 'video'],
    ['ptv', 'video'],
    ['sticker', 'sticker'],
    ['document', 'document'],
    ['location', 'location'],
    ['vcard', 'contact'],
    ['multi_vcard', 'contact'],
    ['poll_creation', 'other'],
    ['order', 'other'],
  ])('%s is %s we cannot read', (type, what) => {
    expect(inbound({ type, body: 'BEGIN:VCARD' })).toMatchObject({ kind: 'unsupported', what })
  })

  it('with a file says where it is, sealed', () => {
    const found = inbound({ type: 'ptt', directPath: '/v/1', mimetype: 'audio/ogg; codecs=opus', size: 99 })
    const media = found && 'media' in found ? found.media : undefined
    expect(media).toEqual({ id: expect.any(String), mimeType: 'audio/ogg; codecs=opus', bytes: 99 })
    expect(addresses.open(media?.id)).toEqual({ message: 'false_5511900000001@c.us_3EB0A1' })
  })

  it('with words under a picture says those words', () => {
    const picture = { type: 'image', directPath: '/v/1', body: '/9j/thumbnail' }
    expect(inbound({ ...picture, caption: 'É este o documento?' })).toMatchObject({
      kind: 'text',
      text: 'É este o documento?',
    })
    expect(inbound({ ...picture, caption: ' ' })).toMatchObject({ kind: 'unsupported', what: 'image' })
  })

  it.each([
    ['a group', {}, '120363000000000001@g.us'],
    ['a status', { isStatusV3: true }, '5511900000001@c.us'],
    ['a broadcast', { broadcast: true }, '5511900000001@c.us'],
    ['the status chat', {}, 'status@broadcast'],
    ['a channel', {}, '120363000000000001@newsletter'],
    ['a robot of Meta', {}, '13135550002@bot'],
    ["WhatsApp's own notices", {}, '0@c.us'],
    ['an id with a device', {}, '5511900000001:7@c.us'],
    ['an empty text', { body: '  ' }, '5511900000001@c.us'],
    ['a text without body', { body: null }, '5511900000001@c.us'],
  ])('of %s is left alone', (_what, fields, from) => {
    expect(inbound(fields, from)).toBeUndefined()
  })

  it.each([
    'e2e_notification',
    'notification_template',
    'call_log',
    'protocol',
    'revoked',
    'gp2',
    'album',
    'toString',
  ])('that is the notice %s is left alone', (type) => {
    expect(inbound({ type })).toBeUndefined()
  })

  it('of our own is left alone', () => {
    const id = { fromMe: true, remote: '5511900000001@c.us', id: '3EB0A1', _serialized: 'true_x_3EB0A1' }
    expect(inbound({ id })).toBeUndefined()
  })

  it.each([
    ['nothing', undefined],
    ['text', 'Oi'],
    ['no id', raw({ id: undefined })],
    ['an id that is no id', raw({ id: { fromMe: false, id: 'a b', _serialized: 'x' } })],
    ['a time that is text', raw({ t: 'agora' })],
  ])('that is %s is no message', (_what, value) => {
    expect(readMessage(value)).toBeUndefined()
  })
})
