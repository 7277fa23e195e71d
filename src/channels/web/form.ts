import { randomBytes } from 'node:crypto'
import express, { type Request, type Response, type Router } from 'express'
import { z } from 'zod'
import type { TextKey } from '../../text'
import type { PostedActivity } from './activity'
import type { Conversations } from './conversations'
import { DirectLineError } from './direct-line-error'
import { conversationPage, restartPage, startPage } from './form-page'
import { fromOwnPage, pageHeaders } from './headers'
import type { Grant } from './tokens'
import type { Visitors } from './visitor'

/** How long the page waits for the answer before it is shown without. */
const WAIT_MILLISECONDS = 8000
/** What was said before listening began is found by looking this often. */
const LOOK_MILLISECONDS = 500
/** A turn may have several messages: after one, this much silence ends the wait. */
const QUIET_MILLISECONDS = 400

/** `text=oi&formId=9f…` or `choice=["sim","Sim"]&questionId=…&formId=…` or `start=yes` */
const posted = z.object({
  text: z
    .string()
    .max(256 * 1024)
    .optional(),
  choice: z.string().max(4000).optional(),
  questionId: z.string().max(500).optional(),
  formId: z.string().max(100).optional(),
  start: z.string().max(10).optional(),
})

const pressed = z.tuple([z.string(), z.string()])

/** The same conversation without JavaScript: a page, a form, and a redirect back to the page. Faults are the site's. */
export function createForm(options: {
  conversations: Conversations
  visitors: Visitors
  publicUrl: string
  secureCookies: boolean
  styleSheet: string
  demo: boolean
  countToken: (address: string) => Promise<void>
  countActivity: (conversationId: string) => Promise<void>
  ended: (conversationId: string) => void
  waitMilliseconds?: number
}): Router {
  const { conversations, visitors, styleSheet, demo } = options
  const look = { styleSheet, demo }
  const router = express.Router()

  router.use(pageHeaders(options), (request, response, next) => {
    response.set('Cache-Control', 'no-store')
    const changes = request.method !== 'GET' && request.method !== 'HEAD'
    if (changes && !fromOwnPage(request, options.publicUrl)) throw new DirectLineError('NotAuthorized')
    next()
  })
  router.use(express.urlencoded({ extended: false, limit: '1mb', parameterLimit: 20 }))

  async function show(request: Request, response: Response, notice?: TextKey): Promise<void> {
    const grant = await visitors.current(request)
    if (grant === undefined || !(await conversations.isOpen(grant.conversationId))) {
      response.type('html').send(startPage(look))
      return
    }
    const found = await conversations.list(grant.conversationId, 0)
    const formId = randomBytes(9).toString('hex')
    response
      .type('html')
      .send(conversationPage({ ...look, activities: found.map(({ activity }) => activity), formId, notice }))
  }

  router.get('/', (request, response) => show(request, response))

  router.post('/', async (request, response) => {
    const body = posted.safeParse(request.body ?? {})
    if (!body.success) throw new DirectLineError('MessageSizeTooBig')
    const activity = toActivity(body.data)
    if (activity === undefined && body.data.start === undefined) {
      response.status(400)
      return show(request, response, 'chat.emptyMessage')
    }
    await options.countToken(request.ip ?? 'unknown')
    const grant = await visitors.welcome(request, response)
    const after = await said(grant, activity)
    if (after !== undefined) await reply(grant.conversationId, after)
    response.redirect(303, '/conversa#ultima')
  })

  /** @returns the sequence after which the answer comes; undefined when nothing new was said */
  async function said(grant: Grant, activity: PostedActivity | undefined): Promise<number | undefined> {
    const { conversationId, userId } = grant
    await options.countActivity(conversationId)
    const openedNow = await conversations.open(conversationId, { greet: activity === undefined })
    if (activity !== undefined) return conversations.say(conversationId, userId, activity)
    return openedNow ? 0 : undefined
  }

  /** Resolves when the assistant has answered and fallen silent, or the wait is over. */
  function reply(conversationId: string, after: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(limit)
        clearTimeout(quiet)
        clearInterval(looking)
        unwatch()
        resolve()
      }
      const heard = () => {
        clearTimeout(quiet)
        quiet = setTimeout(done, QUIET_MILLISECONDS)
      }
      const limit = setTimeout(done, options.waitMilliseconds ?? WAIT_MILLISECONDS)
      let quiet: NodeJS.Timeout | undefined
      const unwatch = conversations.watch(conversationId, (_sequence, { from }) => {
        if (from.role === 'bot') heard()
      })
      const look = () => {
        conversations.list(conversationId, after).then(
          (found) => {
            if (quiet === undefined && found.some(({ activity }) => activity.from.role === 'bot')) heard()
          },
          () => undefined,
        )
      }
      const looking = setInterval(look, LOOK_MILLISECONDS)
      look()
    })
  }

  router.get('/nova', (_request, response) => {
    response.type('html').send(restartPage(look))
  })
  router.post('/nova', async (request, response) => {
    const ended = await visitors.dismiss(request, response)
    if (ended !== undefined) options.ended(ended)
    response.redirect(303, '/conversa')
  })

  return router
}

function toActivity(body: z.infer<typeof posted>): PostedActivity | undefined {
  const clientActivityID = body.formId ? { clientActivityID: body.formId } : {}
  if (body.choice !== undefined) {
    const [value, title] = readChoice(body.choice)
    const questionId = body.questionId === undefined ? {} : { questionId: body.questionId }
    return { type: 'message', text: value, channelData: { ...clientActivityID, ...questionId, title } }
  }
  const text = body.text?.replace(/\r\n/g, '\n') ?? ''
  return text.trim() === '' ? undefined : { type: 'message', text, channelData: clientActivityID }
}

/** A choice as our button wrote it; anything else is taken as the words themselves. */
function readChoice(choice: string): [string, string] {
  try {
    return pressed.parse(JSON.parse(choice))
  } catch {
    return [choice, choice]
  }
}
