import { randomUUID } from 'node:crypto'
import type { Router } from 'express'
import { dialogs } from '../../dialogs'
import { deskFields, fieldLabel } from '../../dialogs/handoff/fields'
import type { TurnDesk } from '../../dialogs/service'
import type { Channel } from '../channels/channel'
import { type Clock, civilDate } from '../clock'
import type { Config } from '../config'
import type { Connection } from '../database'
import { projectFile } from '../files'
import type { Identity } from '../identity/identity'
import type { InssApi } from '../inss/client'
import type { Log } from '../log'
import type { ChannelId, HandoffStatus } from '../message'
import type { Store } from '../store/store'
import { t } from '../text'
import { createChatwootClient } from './chatwoot/client'
import { createLinks, isChatwootAgent } from './chatwoot/links'
import { runChatwootPush } from './chatwoot/push'
import { createChatwootWebhook } from './chatwoot/webhook'
import { createDesk } from './desk'
import { central135 } from './hours'
import { isHub, runHub } from './hub'
import { createOffers } from './offer'
import { type DeskFigures, runRouter } from './router'
import { createWorking } from './working'

/** People at work, as the other parts of the assistant use them. */
export type RunningDesk = {
  offer: TurnDesk['offer']
  /** Pages, calls and webhooks, to be mounted at the root. */
  routers: Router[]
  /** Whether agents can log in here. */
  console: boolean
  /** A conversation began; it is counted, and nothing else. */
  started(conversationId: string): void
  /** What another desk answered. */
  takeStatus(status: HandoffStatus): Promise<void>
  stop(): Promise<void>
}

const COUNT_EVERY_MS = 30_000

/**
 * The desk of people: what leads conversations to agents, and the ways in which agents take part. None where nobody
 * could ever answer: neither a console, which needs a database and a login, nor Chatwoot.
 */
export function startDesk(options: {
  config: Pick<Config, 'desk' | 'chatwoot' | 'secretKey' | 'databaseUrl'>
  role: 'assistant' | 'gateway' | 'worker'
  store: Store
  channelOf: (id: ChannelId) => Channel | undefined
  identity: Identity
  inss: InssApi
  publicUrl: string
  /** The login sandbox, for agents without a provider of their own. */
  sandboxIssuer: string
  database: (() => Promise<Connection>) | undefined
  /** Tells this process from the others. */
  name: string
  clock: Clock
  log: Log
  onFigures: (figures: DeskFigures) => void
}): RunningDesk | undefined {
  const { config, role, store, channelOf, identity, database, name, clock, log } = options
  const {
    oidc,
    answerMinutes,
    replyMinutes,
    mostWaitMinutes,
    slaMinutes,
    callbackMinutes,
    capacity,
    handoffEvents,
  } = config.desk
  const { chatwoot, secretKey } = config
  const { records } = store
  const withConsole = oidc !== undefined && database !== undefined && role !== 'worker'
  // A worker has no console of its own; the gateways beside it have one under the same configuration.
  const elsewhere = role === 'worker' && oidc !== undefined && config.databaseUrl !== undefined
  if (!withConsole && !elsewhere && chatwoot === undefined && !handoffEvents) return undefined

  const common = { clock, log }
  const desk = createDesk({ ...common, desk: store.desk, channelOf, mostWaitMinutes })
  const stops: (() => Promise<void> | void)[] = [desk.stop]
  const working = createWorking({ desk, records, capacity, clock })
  const router = runRouter({
    ...common,
    desk,
    store: store.desk,
    channelOf,
    hours: central135,
    answerMinutes,
    replyMinutes,
    mostWaitMinutes,
    elsewhere: (id) => isChatwootAgent(id) || isHub(id),
    name,
    onSilent: working.silent,
    onFigures: options.onFigures,
  })
  stops.push(router.stop)
  const routers: Router[] = []

  if (withConsole) {
    // A worker carries none of it.
    const { createAudit } = require('./audit') as typeof import('./audit')
    const { createConsole } = require('./console') as typeof import('./console')
    const { deskDatabase } = require('./db/database') as typeof import('./db/database')
    const { createHistory } = require('./history') as typeof import('./history')
    const { runProjector } = require('./projector') as typeof import('./projector')
    const { createAgentSessions } = require('./session') as typeof import('./session')
    const tables = deskDatabase(database)
    const history = createHistory({ database: tables, secretKey, clock, slaMinutes })
    const projector = runProjector({ ...common, store, history, name })
    stops.push(projector.stop)
    const { publicUrl, inss, sandboxIssuer } = options
    const { clientId, clientSecret, issuer = sandboxIssuer } = oidc
    const { idleMinutes } = config.desk
    const login = { issuer, clientId, clientSecret, publicUrl, secretKey, records, idleMinutes }
    routers.push(
      createConsole({
        ...common,
        desk,
        history,
        audit: createAudit({ database: tables, clock }),
        sessions: createAgentSessions({ ...common, ...login }),
        working,
        hours: central135,
        channelOf,
        receipts: store.outbox.receipts,
        identity,
        inss,
        fields: deskFields.map((id) => ({ id, label: fieldLabel(id) })),
        services: dialogs.map(({ service }) => ({ id: service.id, label: capitalized(t(service.title)) })),
        publicUrl,
        folder: projectFile('dist/web/console'),
      }),
    )
  }

  if (chatwoot !== undefined) {
    const { inboxId, accountId, webhookSecret } = chatwoot
    const links = createLinks(records)
    const client = createChatwootClient(chatwoot)
    const note = async (conversation: number, content: string, sourceId: string) => {
      await client.addMessage(conversation, { content, type: 'outgoing', private: true, sourceId })
    }
    if (role !== 'worker') {
      const webhook = { desk, links, accountId, inboxId, note, secret: webhookSecret }
      routers.push(createChatwootWebhook({ ...common, ...webhook }))
    }
    const push = runChatwootPush({ store, desk, client, links, inboxId, identity, name, log })
    stops.push(push.stop)
  }

  const hub = handoffEvents ? runHub({ ...common, desk, store: store.desk }) : undefined
  if (hub !== undefined) stops.push(hub.stop)

  const counting = countStarts(store, common)
  stops.push(counting.stop)
  return {
    offer: createOffers({
      desk,
      records,
      hours: central135,
      callbackMinutes,
      elsewhere: chatwoot !== undefined || handoffEvents,
      clock,
    }),
    routers,
    console: withConsole,
    started: counting.started,
    takeStatus: async (status) => hub?.takeStatus(status),
    async stop() {
      for (const stop of stops.reverse()) await stop()
    },
  }
}

/** Counts how many conversations begin, so that those no person was needed for are known too. */
function countStarts(store: Pick<Store, 'desk'>, { clock, log }: { clock: Clock; log: Log }) {
  let count = 0
  let last = ''

  async function leave(): Promise<void> {
    if (count === 0) return
    const entry = { kind: 'started' as const, id: randomUUID(), day: civilDate(clock.now()), count }
    count = 0
    try {
      await store.desk.change(last, { journal: [entry] })
    } catch (error) {
      count += entry.count
      log.warn({ event: 'starts_not_counted', error: (error as Error).name })
    }
  }

  const timer = setInterval(() => void leave(), COUNT_EVERY_MS)
  timer.unref()
  return {
    started(conversationId: string): void {
      count += 1
      last = conversationId
    },
    async stop(): Promise<void> {
      clearInterval(timer)
      await leave()
    },
  }
}

function capitalized(text: string): string {
  return text.charAt(0).toLocaleUpperCase('pt-BR') + text.slice(1)
}
