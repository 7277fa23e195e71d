type Fault = { code: number; why: string }
type Json = Record<string, unknown>

const TOP = new Set([
  'messaging_product',
  'recipient_type',
  'to',
  'recipient',
  'context',
  'biz_opaque_callback_data',
  'type',
  'text',
  'interactive',
  'template',
  'document',
  'image',
])

/**
 * The first rule of Meta's that a message request breaks, or undefined. Written by hand because it runs for every
 * message of a load test.
 */
export function faultOf(body: Json, hasMedia: (id: string) => boolean): Fault | undefined {
  if (body.messaging_product !== 'whatsapp') return fault('messaging_product')
  if (body.status !== undefined) return readFault(body)
  for (const key of Object.keys(body)) if (!TOP.has(key)) return fault(`unknown parameter ${key}`)
  if (body.recipient_type !== 'individual') return fault('recipient_type')
  if (body.to === undefined && body.recipient === undefined) return { code: 131008, why: 'no recipient' }
  if (body.to !== undefined && !/^\d{8,15}$/.test(String(body.to))) return fault('to')
  if (body.recipient !== undefined && !/^[A-Z]{2}\.[A-Za-z0-9]{1,128}$/.test(String(body.recipient))) {
    return fault('recipient')
  }
  const correlation = body.biz_opaque_callback_data
  if (correlation !== undefined && !text(correlation, 512)) return fault('biz_opaque_callback_data')
  if (body.context !== undefined && !text((body.context as Json).message_id, 512)) return fault('context')
  switch (body.type) {
    case 'text':
      return textFault(object(body.text))
    case 'interactive':
      return interactiveFault(object(body.interactive))
    case 'template':
      return templateFault(object(body.template))
    case 'document':
    case 'image':
      return mediaFault(object(body[body.type]), hasMedia)
    default:
      return fault('type')
  }
}

function readFault(body: Json): Fault | undefined {
  if (body.status !== 'read') return fault('status')
  if (!text(body.message_id, 512)) return fault('message_id')
  const typing = body.typing_indicator
  return typing === undefined || object(typing).type === 'text' ? undefined : fault('typing_indicator')
}

function textFault(value: Json): Fault | undefined {
  if (!text(value.body, 4096)) return fault('text.body')
  return typeof value.preview_url === 'boolean' ? undefined : fault('text.preview_url')
}

function interactiveFault(value: Json): Fault | undefined {
  const action = object(value.action)
  if (value.header !== undefined) return fault('interactive.header')
  if (!text(object(value.body).text, 1024)) return fault('interactive.body')
  if (value.type === 'button') return buttonsFault(action)
  if (value.type === 'list') return listFault(action)
  return fault('interactive.type')
}

function buttonsFault(action: Json): Fault | undefined {
  const buttons = list(action.buttons)
  if (buttons.length < 1 || buttons.length > 3) return fault('buttons')
  const replies = buttons.map((button) => object(button.reply))
  if (buttons.some((button) => button.type !== 'reply')) return fault('button.type')
  if (replies.some((reply) => !identifier(reply.id, 256))) return fault('button.id')
  if (replies.some((reply) => !text(reply.title, 20))) return fault('button.title')
  if (!distinct(replies.map((reply) => reply.id))) return fault('button ids alike')
  return distinct(replies.map((reply) => reply.title)) ? undefined : fault('button titles alike')
}

function listFault(action: Json): Fault | undefined {
  if (!text(action.button, 20)) return fault('list.button')
  const sections = list(action.sections)
  const rows = sections.flatMap((section) => list(section.rows))
  if (sections.length < 1 || rows.length < 1 || rows.length > 10) return fault('list.rows')
  if (sections.length > 1 && sections.some((section) => !text(section.title, 24)))
    return fault('section.title')
  if (rows.some((row) => !identifier(row.id, 200))) return fault('row.id')
  if (rows.some((row) => !text(row.title, 24))) return fault('row.title')
  if (rows.some((row) => row.description !== undefined && !text(row.description, 72))) {
    return fault('row.description')
  }
  return distinct(rows.map((row) => row.id)) ? undefined : fault('row ids alike')
}

function templateFault(value: Json): Fault | undefined {
  if (!/^[a-z0-9_]{1,512}$/.test(String(value.name))) return fault('template.name')
  if (!text(object(value.language).code, 15)) return fault('template.language')
  for (const component of list(value.components ?? [])) {
    for (const parameter of list(component.parameters)) {
      const said = parameter.text
      const bad = parameter.type !== 'text' || !text(said, 1024) || /[\n\t]| {5}/.test(String(said))
      if (bad) return { code: 132018, why: 'template parameter' }
    }
  }
  return undefined
}

function mediaFault(value: Json, hasMedia: (id: string) => boolean): Fault | undefined {
  if (!hasMedia(String(value.id))) return fault('media.id')
  return value.caption === undefined || text(value.caption, 1024) ? undefined : fault('media.caption')
}

function fault(why: string): Fault {
  return { code: 100, why }
}

function text(value: unknown, most: number): boolean {
  return typeof value === 'string' && value.trim() !== '' && value.length <= most
}

function identifier(value: unknown, most: number): boolean {
  return text(value, most) && String(value).trim() === value
}

function object(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {}
}

function list(value: unknown): Json[] {
  return Array.isArray(value) ? (value as Json[]) : []
}

function distinct(values: unknown[]): boolean {
  return new Set(values).size === values.length
}
