import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import {
  GRAPH,
  type GraphServer,
  messageWebhook,
  post,
  type Sent,
  startGraphServer,
} from '../channels/whatsapp-cloud/graph-server'
import { type BuiltProduct, logIn, startProduct, until } from './world'

/** A message as the person sees it. */
export type Shown = {
  text: string
  /** How the choices are shown, and each one's id. */
  choices?: { as: 'buttons' | 'list'; items: { id: string; title: string; description?: string }[] }
  template?: { name: string; parameters: string[] }
  wamid: string
}

export type WhatsAppWorld = Awaited<ReturnType<typeof startWhatsApp>>
export type Telephone = ReturnType<WhatsAppWorld['telephone']>

/** A turn's further messages follow within this time. */
const SETTLED_MS = 200

/** The built product behind a Graph API on loopback, and the people who write to it. */
export async function startWhatsApp(environment: Record<string, string>, part?: 'all' | 'assistant') {
  const graph: GraphServer = await startGraphServer()
  const product: BuiltProduct = await startProduct(
    () => ({
      WHATSAPP_APP_SECRET: GRAPH.appSecret,
      WHATSAPP_VERIFY_TOKEN: GRAPH.verifyToken,
      WHATSAPP_ACCESS_TOKEN: GRAPH.accessToken,
      WHATSAPP_PHONE_NUMBER_ID: GRAPH.phoneNumberId,
      WHATSAPP_GRAPH_URL: graph.url,
      ...environment,
    }),
    part,
  )
  const webhook = `${product.origin}/webhooks/whatsapp`
  const failing = new Set<string>()
  graph.onMessage = (sent) => {
    const statuses = failing.has(sent.recipient) ? (['failed'] as const) : (['sent', 'delivered'] as const)
    graph.postStatuses(sent, { url: webhook, statuses: [...statuses], together: true })
  }
  const spoken = new Set<string>()
  const ids = new Set<string>()

  /** @param note hears each line of a transcript */
  function telephone(
    person: { phone: string; bsuid?: string } | { phone?: undefined; bsuid: string },
    note: (who: 'person' | 'assistant', text: string) => void = () => undefined,
  ) {
    const { phone, bsuid } = person
    const address = bsuid ?? phone ?? ''
    let read = graph.sentTo(address).length
    let last: Shown | undefined

    /** Posts a message of this person; `content` is the part Meta names after its type. */
    async function send(
      content: { type: string; [part: string]: unknown },
      options: { id?: string; context?: object } = {},
    ) {
      const { id = messageId(phone) } = options
      ids.add(id)
      const status = await post(webhook, bodyOf([{ id, ...content }], options.context))
      if (status !== 200) throw new Error(`the webhook answered ${status}`)
      return id
    }

    /** The body of one webhook with messages of this person. */
    function bodyOf(messages: object[], context?: object): string {
      const timestamp = String(Math.floor(product.now().getTime() / 1000))
      const from = { ...(phone && { from: phone }), ...(bsuid && { from_user_id: bsuid }), timestamp }
      const contact = { profile: { name: 'Pessoa' }, ...(phone && { wa_id: phone }) }
      return messageWebhook(
        messages.map((message) => ({ ...from, ...(context && { context }), ...message })),
        [{ ...contact, ...(bsuid && { user_id: bsuid }) }],
      )
    }

    function say(text: string, options: { id?: string } = {}) {
      spoken.add(text)
      note('person', text)
      return send({ type: 'text', text: { body: text } }, options)
    }

    /** Presses a choice, of the last message that had some unless another is given. */
    async function press(title: string, of: Shown | undefined = last, options: { id?: string } = {}) {
      const found = of?.choices?.items.find((item) => item.title === title || item.description === title)
      if (of?.choices === undefined || found === undefined)
        throw new Error(`nothing to press: ${title}\n${of?.text}`)
      note('person', `▢ ${title}`)
      const [type, reply] =
        of.choices.as === 'buttons'
          ? (['button_reply', { id: found.id, title: found.title }] as const)
          : (['list_reply', found] as const)
      const context = { from: '551130000000', id: of.wamid }
      return send({ type: 'interactive', interactive: { type, [type]: reply } }, { ...options, context })
    }

    /** What came since the last look: so many messages at least, to the end of the turn. */
    async function hear(atLeast = 1, seconds = 30): Promise<Shown[]> {
      const sent = () => graph.sentTo(address)
      await until(`${atLeast} messages`, () => sent().length >= read + atLeast, seconds)
      // Only the last message of a turn offers choices.
      for (let count = -1; count !== sent().length && sent().at(-1)?.body.interactive === undefined; ) {
        count = sent().length
        await wait(SETTLED_MS)
      }
      const shown = sent().slice(read).map(shownOf)
      read += shown.length
      for (const each of shown) {
        spoken.add(each.text)
        note('assistant', lineOf(each))
        if (each.choices !== undefined) last = each
      }
      return shown
    }

    /** What was said as one: the words of all messages, and what the last one offers. */
    async function hearAll(): Promise<Shown> {
      const shown = await hear()
      const text = shown.map((each) => each.text).join('\n\n')
      return { ...(shown.at(-1) as Shown), text }
    }

    return {
      send,
      say,
      press,
      hear,
      hearAll,
      bodyOf,
      async ask(text: string): Promise<Shown> {
        await say(text)
        return hearAll()
      },
      async choose(title: string): Promise<Shown> {
        await press(title)
        return hearAll()
      },
      /** Follows the link of a message and logs in; what is said in the conversation then. */
      async logIn(prompt: Shown, cpf: string): Promise<Shown> {
        const url = /https?:\/\/\S+/.exec(prompt.text)?.[0] ?? ''
        const code = /\b\d{2} \d{2}\b/.exec(prompt.text)?.[0] ?? 'no code'
        spoken.add(url)
        const browser = await logIn(url, code, cpf)
        if (!browser.text.includes('Pronto')) throw new Error(`not logged in: ${browser.text}`)
        return hearAll()
      },
      /** Waits a moment and expects nothing. */
      async silence(milliseconds = 700): Promise<Shown[]> {
        await wait(milliseconds)
        return graph.sentTo(address).slice(read).map(shownOf)
      },
    }
  }

  return {
    graph,
    product,
    telephone,
    /** All that people said and were told. */
    spoken,
    /** Meta's ids of what they sent. */
    ids,
    /** Whom WhatsApp takes messages for and does not deliver them to. */
    failing,
    /** Posts a webhook as it is. */
    post: (body: string) => post(webhook, body),
    async stop() {
      await product.stop()
      await graph.stop()
    },
  }
}

/** As Meta makes them: the telephone number is inside, in base64. */
export function messageId(phone = '00000000000'): string {
  const bytes = Buffer.concat([
    Buffer.from([0x1d, 0x18, phone.length]),
    Buffer.from(phone),
    Buffer.from([0x15, 0x02, 0x00, 0x12, 0x18, 0x14]),
    randomBytes(10),
  ])
  return `wamid.${bytes.toString('base64')}`
}

function shownOf({ body, wamid }: Sent): Shown {
  const { text, interactive, template } = body as {
    text?: { body: string }
    interactive?: {
      type: string
      body: { text: string }
      action: {
        buttons?: { reply: { id: string; title: string } }[]
        sections?: { rows: { id: string; title: string; description?: string }[] }[]
      }
    }
    template?: { name: string; components?: { parameters: { text: string }[] }[] }
  }
  if (template !== undefined) {
    const parameters = (template.components ?? []).flatMap((each) => each.parameters.map((one) => one.text))
    return { text: '', template: { name: template.name, parameters }, wamid }
  }
  if (interactive === undefined) return { text: text?.body ?? '', wamid }
  const { buttons, sections } = interactive.action
  const items = buttons?.map(({ reply }) => reply) ?? sections?.flatMap(({ rows }) => rows) ?? []
  return {
    text: interactive.body.text,
    choices: { as: buttons === undefined ? 'list' : 'buttons', items },
    wamid,
  }
}

function lineOf({ text, choices, template }: Shown): string {
  if (template !== undefined) return `(modelo ${template.name}: ${template.parameters.join(', ')})`
  const titles = choices?.items.map((item) => item.description ?? item.title) ?? []
  if (choices === undefined) return text
  const shown =
    choices.as === 'buttons'
      ? titles.map((title) => `[ ${title} ]`).join(' ')
      : ['[ Ver opções ]', ...titles.map((title) => `○ ${title}`)].join('\n')
  return `${text}\n\n${shown}`
}
