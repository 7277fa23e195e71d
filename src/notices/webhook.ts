import { Router } from 'express'
import { Webhook, WebhookVerificationError } from 'standardwebhooks'
import { answerWebhookErrors, bytesOf, rawBody } from '../channels/webhook'
import type { Log } from '../log'
import { type InssEvent, inssEvent } from './news'

const PATH = '/webhooks/inss'

/**
 * `POST /webhooks/inss`: events of the INSS API, signed as Standard Webhooks says and no older than five minutes.
 * 204 once `take` made them durable; 401 for a wrong or stale signature, 400 for what is no event, 413 above 1 MiB.
 */
export function createWebhook(options: {
  secret: string
  take: (event: InssEvent) => Promise<unknown>
  log: Log
}): Router {
  const { secret, take, log } = options
  const webhook = secret.startsWith('whsec_') ? new Webhook(secret) : new Webhook(secret, { format: 'raw' })
  const router = Router()
  router.post(PATH, rawBody, async (request, response) => {
    const body = bytesOf(request.body).toString('utf8')
    if (!isGenuine(webhook, body, request.headers as Record<string, string>)) {
      log.warn({ event: 'inss_event_refused' })
      return void response.sendStatus(401)
    }
    const event = readEvent(body)
    // The id dedupes, so the signed header and the body must mean the same event.
    if (event === undefined || event.id !== request.get('webhook-id')) return void response.sendStatus(400)
    await take(event)
    response.sendStatus(204)
  })
  router.use(PATH, answerWebhookErrors(log))
  return router
}

function isGenuine(webhook: Webhook, body: string, headers: Record<string, string>): boolean {
  try {
    webhook.verify(body, headers, { jsonParse: false })
    return true
  } catch (error) {
    if (error instanceof WebhookVerificationError) return false
    throw error
  }
}

function readEvent(body: string): InssEvent | undefined {
  try {
    return inssEvent.safeParse(JSON.parse(body)).data
  } catch {
    return undefined
  }
}
