import { z } from 'zod'
import { outcomes, skills } from './ticket'

/**
 * The console's API under `/atendimento/api`: what it takes and answers. Every call needs the session's cookie, and
 * every one that changes something `X-CSRF-Token` from `me` and a `key` of the caller's own: the same key has its
 * effect once. Answers are never to be kept (`no-store`). Instants are ISO 8601 in UTC; masked text shows what was
 * masked as `•`.
 *
 * `GET /atendimento/entrar` starts the login and comes back to `/atendimento`; `POST sign-out` ends the session (204).
 */

const instant = z.string()
const id = z.string().regex(/^[\w.:-]{1,120}$/)
const key = z.string().regex(/^[\w-]{8,64}$/)

export const roleSchema = z.enum(['agent', 'supervisor'])
export const statusSchema = z.enum(['available', 'pause', 'offline'])
export const skillSchema = z.enum(skills)
export const outcomeSchema = z.enum(outcomes)
const whySchema = z.enum([
  'asked',
  'not_understood',
  'login_failed',
  'crisis',
  'complaint',
  'service_needs_person',
  'bot_failed',
  'turned_off',
  'taken',
])
const stateSchema = z.enum([
  'requested',
  'queued',
  'assigned',
  'agent',
  'idle',
  'returned',
  'closed',
  'expired',
  'callback',
])
const levelSchema = z.enum(['none', 'bronze', 'silver', 'gold'])
const prioritySchema = z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)])
const channelSchema = z.enum([
  'web',
  'terminal',
  'whatsapp-cloud',
  'whatsapp-web',
  'sms-kannel',
  'sms-twilio',
  'bot-framework',
])

/** `GET me` */
export const me = z.object({
  agent: z.object({ id: z.string(), name: z.string(), role: roleSchema, skills: z.array(skillSchema) }),
  csrf: z.string(),
  /** After so long without a call of the agent's own the session is over; the stream does not count. */
  idleMinutes: z.number(),
  status: statusSchema,
  /** How many conversations this agent is given at the same time. */
  capacity: z.number().int(),
})

/** `PUT presence`; answered with the same. */
export const presence = z.object({ status: statusSchema })

/** What a list shows of a ticket. */
export const summary = z.object({
  id: z.string(),
  channel: channelSchema,
  state: stateSchema,
  version: z.number().int(),
  why: whySchema,
  skill: skillSchema,
  priority: prioritySchema,
  requestedAt: instant,
  queuedAt: instant.optional(),
  assignedAt: instant.optional(),
  answeredAt: instant.optional(),
  touchedAt: instant,
  endedAt: instant.optional(),
  agentId: z.string().optional(),
  agentName: z.string().optional(),
  /** Whether it is the caller's. */
  mine: z.boolean(),
  /** The place in the line, from 1, while it waits there. */
  position: z.number().int().optional(),
  callback: z.object({ promisedAt: instant, by: instant }).optional(),
  outcome: outcomeSchema.optional(),
  level: levelSchema,
  intent: z.string().optional(),
  service: z.string().optional(),
  flags: z.array(z.enum(['crisis', 'anger'])),
  /** Since when the person waits for an answer of the agent they talk to; `late`: for longer than they should. */
  owedSince: instant.optional(),
  late: z.boolean().optional(),
  /** The last thing the person said, masked and cut. */
  lastLine: z.string().optional(),
})

/** One line of the transcript, numbers that identify somebody masked. */
export const line = z.object({
  /** Grows along the transcript; what was shown already is known by it. */
  number: z.number().int(),
  at: instant,
  /** `desk` speaks to the person for the desk; `note` is seen by agents only. */
  who: z.enum(['person', 'bot', 'agent', 'desk', 'note']),
  text: z.string(),
  agentId: z.string().optional(),
  agentName: z.string().optional(),
  /** A note from a supervisor to whoever has the conversation. */
  whisper: z.boolean().optional(),
  media: z.object({ kind: z.string(), name: z.string().optional() }).optional(),
  /** A message of the bot's that did not go out any more because a person had taken over. */
  unsaid: z.boolean().optional(),
  /** What the bot read in an answer it asked for on the agent's behalf. */
  typed: z.object({ field: z.string(), value: z.string() }).optional(),
  /** How far a reply got, as the provider says. */
  delivery: z.enum(['waiting', 'sent', 'delivered', 'read', 'failed']).optional(),
})

/** What the INSS knows of somebody and can be revealed; `lines`: the transcript without masks. */
export const revealable = z.enum(['name', 'cpf', 'birthDate', 'phone', 'email', 'lines'])

/** `GET tickets?view=` */
export const views = z.enum(['mine', 'queue', 'callbacks', 'all'])
export const tickets = z.object({
  items: z.array(summary),
  counts: z.object({
    mine: z.number().int(),
    queue: z.number().int(),
    callbacks: z.number().int(),
  }),
})

/** `GET tickets/:id` */
export const detail = z.object({
  ticket: summary,
  lines: z.array(line),
  person: z.object({
    level: levelSchema,
    /** Whether they are logged in now: only then data of the INSS can be revealed. */
    loggedIn: z.boolean(),
    /** Logged in: the first name they are spoken to with. */
    firstName: z.string().optional(),
    revealable: z.array(revealable),
  }),
  brief: z.object({
    intent: z.string().optional(),
    service: z.string().optional(),
    facts: z.array(
      z.object({ name: z.string(), label: z.string(), value: z.string(), confirmed: z.boolean() }),
    ),
    done: z.array(z.string()),
    failed: z.array(z.string()),
    flags: z.array(z.enum(['crisis', 'anger'])),
  }),
  channel: z.object({
    id: channelSchema,
    /** `short`: every message costs the sender. */
    register: z.enum(['short', 'full']),
    /** Most characters of one message, where there is such a limit; a longer reply is split. */
    mostCharacters: z.number().int().optional(),
    /** Whether replies are counted in SMS segments. */
    segments: z.boolean(),
    /** Files it can send, by media type; empty when it can send none. */
    files: z.array(z.string()),
    mostFileBytes: z.number().int(),
    typing: z.boolean(),
    /** The person wrote so long ago that they are asked to write first; what is said waits for that. */
    held: z.boolean(),
  }),
  /** Waiting for the answer to a question of the agent's. */
  asking: z.object({ field: z.string(), label: z.string() }).optional(),
  /** The person's contacts before this one, newest first. */
  contacts: z.array(
    z.object({
      id: z.string(),
      requestedAt: instant,
      endedAt: instant.optional(),
      state: stateSchema,
      why: whySchema,
      skill: skillSchema,
      outcome: outcomeSchema.optional(),
      agentName: z.string().optional(),
    }),
  ),
})

const effect = <Shape extends z.ZodRawShape>(shape: Shape) => z.object({ key, ...shape })
const said = z.string().trim().min(1).max(4096)

/** Bodies of `POST tickets/:id/<name>`; each is answered with `changed`, but `preview`, `reveal` and `typing`. */
export const effects = {
  claim: effect({}),
  reply: effect({ text: said }),
  note: effect({ text: said }),
  whisper: effect({ text: said }),
  /** `field` and `service` are of `GET options`. */
  ask: effect({ field: id }),
  'ask-login': effect({ level: z.enum(['bronze', 'silver', 'gold']).default('bronze') }),
  'start-service': effect({ service: id }),
  /** To an agent, or to whoever has a skill. */
  transfer: effect({ agentId: id.optional(), skill: skillSchema.optional(), note: said }).refine(
    ({ agentId, skill }) => (agentId === undefined) !== (skill === undefined),
    { path: ['agentId'], message: 'one of agentId and skill' },
  ),
  /** `resume`: the open question is asked again exactly there; `menu`: what was open is let go. */
  return: effect({ resume: z.enum(['resume', 'menu']).default('resume') }),
  close: effect({ outcome: outcomeSchema }),
  callback: effect({ by: z.iso.datetime({ offset: true }) }),
  'take-over': effect({}),
  reveal: effect({ fields: z.array(revealable).min(1), reason: z.string().trim().min(10).max(500) }),
} as const

/** Answer of an effect: the ticket after it, and the lines it added. */
export const changed = z.object({ ticket: summary, lines: z.array(line) })

/** `POST tickets/:id/preview` → the messages as the person's channel will get them. Nothing is sent. */
export const previewBody = z.object({ text: z.string().max(20_000) })
export const preview = z.object({
  parts: z.array(
    z.object({ text: z.string(), characters: z.number().int(), segments: z.number().optional() }),
  ),
  characters: z.number().int(),
  /** Of all parts together, on SMS. */
  segments: z.number().int().optional(),
  /** Characters that make each segment of an SMS shorter. */
  costly: z.array(z.string()),
})

/** Answer of `reveal`; written to the audit before it is given. */
export const revealed = z.object({
  /** Null when the INSS does not know it. */
  values: z.partialRecord(revealable.exclude(['lines']), z.string().nullable()),
  lines: z.array(line).optional(),
})

/**
 * `POST tickets/:id/files?key=&name=&text=` with the file itself as body and its media type as `Content-Type`: sent
 * at once, with `text` as its caption. Answered with `changed`.
 */
export const fileQuery = z.object({
  key,
  name: z.string().trim().min(1).max(120),
  text: z.string().trim().max(900).optional(),
})

/** `GET options`: what can be chosen from. */
export const options = z.object({
  fields: z.array(z.object({ id: z.string(), label: z.string() })),
  services: z.array(z.object({ id: z.string(), label: z.string() })),
  skills: z.array(skillSchema),
  outcomes: z.array(outcomeSchema),
  agents: z.array(
    z.object({ id: z.string(), name: z.string(), skills: z.array(skillSchema), status: statusSchema }),
  ),
})

/** `GET canned`: replies with named parameters in braces, to be filled in by the agent. */
export const canned = z.object({
  items: z.array(
    z.object({ id: z.string(), title: z.string(), text: z.string(), parameters: z.array(z.string()) }),
  ),
})

const seconds = z.number()
/** Waits in seconds; those who gave up and those promised a call-back count with the whole time they waited. */
const waits = z.object({ count: z.number().int(), median: seconds.optional(), p90: seconds.optional() })
const share = z.object({ part: z.number().int(), of: z.number().int() })
const split = z.object({
  botOnly: z.number().int(),
  botAndPerson: z.number().int(),
  person: z.number().int(),
})
const csat = z.object({ answers: z.number().int(), average: z.number().optional() })

/** `GET board` (supervisor); figures are of today in Brasília. */
export const board = z.object({
  at: instant,
  open: z.boolean(),
  nextOpening: instant.optional(),
  waiting: z.number().int(),
  longestWait: seconds.optional(),
  bySkill: z.array(z.object({ skill: skillSchema, waiting: z.number().int(), agents: z.number().int() })),
  assigned: z.number().int(),
  talking: z.number().int(),
  idle: z.number().int(),
  /** Talks in which the person waits for an answer for longer than they should. */
  unanswered: z.number().int(),
  callbacks: z.object({ open: z.number().int(), soon: z.number().int(), late: z.number().int() }),
  wait: waits,
  sla: share.extend({ withinMinutes: z.number() }),
  outcomes: z.array(z.object({ outcome: z.string(), count: z.number().int() })),
  containment: split,
  csat,
  agents: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      role: roleSchema,
      skills: z.array(skillSchema),
      status: statusSchema,
      open: z.number().int(),
      capacity: z.number().int(),
      /** Since when they have nobody. */
      freeSince: instant.optional(),
    }),
  ),
})

/** Query of `GET history` and `history.csv` (supervisor); days are civil dates in Brasília, both included. */
export const historyQuery = z.object({
  from: z.iso.date().optional(),
  to: z.iso.date().optional(),
  channel: channelSchema.optional(),
  skill: skillSchema.optional(),
  why: whySchema.optional(),
  state: stateSchema.optional(),
  outcome: outcomeSchema.optional(),
  agentId: id.optional(),
  /** `next` of the page before. */
  after: z
    .string()
    .max(200)
    .refine((after) => !Number.isNaN(Date.parse(after.split('|')[0] ?? '')) && after.includes('|'))
    .optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})
const past = z.object({
  id: z.string(),
  channel: channelSchema,
  state: stateSchema,
  why: whySchema,
  skill: skillSchema,
  priority: prioritySchema,
  requestedAt: instant,
  queuedAt: instant.optional(),
  answeredAt: instant.optional(),
  endedAt: instant.optional(),
  agentName: z.string().optional(),
  outcome: outcomeSchema.optional(),
  /** Until somebody answered or they stopped waiting. */
  wait: seconds.optional(),
  csat: z.number().int().optional(),
})
export const history = z.object({
  items: z.array(past),
  next: z.string().optional(),
  figures: z.object({
    count: z.number().int(),
    wait: waits,
    sla: share.extend({ withinMinutes: z.number() }),
    outcomes: z.array(z.object({ outcome: z.string(), count: z.number().int() })),
    containment: split,
    csat,
  }),
})
/** `GET history/:id` (supervisor) */
export const pastDetail = z.object({
  ticket: past,
  moves: z.array(z.object({ at: instant, state: stateSchema, agentName: z.string().optional() })),
  lines: z.array(line),
})

/**
 * `GET stream?watch=<ticket id>`: server-sent events. After a break the browser sends `Last-Event-ID` and is told
 * what it missed; an event may come twice, so a ticket goes by its `version` and a line by its `number`.
 */
export const events = {
  /** The caller's conversations and the line as they are now; at the start, and whenever they changed. */
  inbox: z.object({ mine: z.array(summary), queue: z.array(summary), callbacks: z.array(summary) }),
  /** A ticket of the caller's, or the watched one, as it is now. `mine` false: it went to somebody else. */
  ticket: z.object({ ticket: summary }),
  /** New lines of one of those. */
  lines: z.object({ ticketId: z.string(), lines: z.array(line) }),
  /** What the caller is for others; `unanswered`: because they did not answer whom they were given. */
  status: z.object({ status: statusSchema, because: z.literal('unanswered').optional() }),
  /** Supervisors only. */
  board,
  signed_out: z.object({ reason: z.enum(['idle', 'ended']) }),
} as const

/** What a problem's `code` may be; the body is problem+json (RFC 9457). */
export const problemCodes = [
  'signed_out',
  'csrf',
  'role_missing',
  'not_yours',
  'not_found',
  /** `errors` names the faulty fields. */
  'bad_input',
  /** Another agent was faster; `agentName` says who. */
  'taken',
  /** The ticket is not in a state that allows it (any more). */
  'move_refused',
  /** The person's open question must be answered or let go first. */
  'asking_already',
  'file_type',
  'file_size',
  'files_unsupported',
  /** Data of the INSS needs the person to be logged in. */
  'person_signed_out',
  'inss_unavailable',
  /** Nothing can be revealed while it cannot be written down. */
  'audit_unavailable',
  'history_unavailable',
  'store_unavailable',
  'too_many',
  'internal',
] as const
export type ProblemCode = (typeof problemCodes)[number]
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: z.enum(problemCodes),
  agentName: z.string().optional(),
  errors: z.array(z.object({ pointer: z.string() })).optional(),
})

export type Role = z.infer<typeof roleSchema>
export type Status = z.infer<typeof statusSchema>
export type Me = z.infer<typeof me>
export type Summary = z.infer<typeof summary>
export type Line = z.infer<typeof line>
export type Revealable = z.infer<typeof revealable>
export type View = z.infer<typeof views>
export type Tickets = z.infer<typeof tickets>
export type Detail = z.infer<typeof detail>
export type Changed = z.infer<typeof changed>
export type Preview = z.infer<typeof preview>
export type Revealed = z.infer<typeof revealed>
export type Options = z.infer<typeof options>
export type Canned = z.infer<typeof canned>
export type Board = z.infer<typeof board>
export type HistoryQuery = z.infer<typeof historyQuery>
export type Past = z.infer<typeof past>
export type History = z.infer<typeof history>
export type PastDetail = z.infer<typeof pastDetail>
export type EffectName = keyof typeof effects
export type EffectBody<Name extends EffectName> = z.input<(typeof effects)[Name]>
export type StreamEvent = {
  [Name in keyof typeof events]: { name: Name; data: z.infer<(typeof events)[Name]> }
}[keyof typeof events]
export type Problem = z.infer<typeof problem>
