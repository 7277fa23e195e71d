import {
  isOpen,
  type Move,
  moved,
  newTicket,
  ownerOf,
  type Ticket,
  type TicketState,
} from '../../src/handoff/ticket'

const AT = '2026-11-25T13:00:00.000Z'
const LATER = '2026-11-25T13:05:00.000Z'

const brief: Ticket['brief'] = { level: 'none', facts: [], done: [], failed: [], flags: [] }
const begun = newTicket(
  { conversationId: 'c1', channel: 'web', why: 'asked', skill: 'geral', priority: 3, brief },
  't1',
  AT,
)
const inState = (state: TicketState): Ticket => ({
  ...begun,
  state,
  ...(ownerOf({ ...begun, state }) === 'agent' && { agentId: 'a1' }),
  ...(state === 'callback' && { callback: { promisedAt: AT, by: LATER } }),
})

const examples: Record<Move['type'], Move> = {
  queue: { type: 'queue', until: LATER },
  assign: { type: 'assign', agentId: 'a2' },
  answer: { type: 'answer', agentId: 'a1' },
  write: { type: 'write' },
  idle: { type: 'idle' },
  requeue: { type: 'requeue' },
  transfer: { type: 'transfer', agentId: 'a2' },
  return: { type: 'return' },
  close: { type: 'close', outcome: 'resolved' },
  expire: { type: 'expire' },
  promise: { type: 'promise', by: LATER },
  recall: { type: 'recall' },
}

/** Where each move leads from each state; what is not here must be refused. */
const allowed: Record<TicketState, Partial<Record<Move['type'], TicketState>>> = {
  requested: { queue: 'queued', assign: 'assigned', return: 'returned', expire: 'expired' },
  queued: { assign: 'assigned', write: 'queued', return: 'returned', expire: 'expired' },
  assigned: {
    ...{ answer: 'agent', write: 'assigned', requeue: 'queued', recall: 'callback' },
    ...{ transfer: 'assigned', return: 'returned', close: 'closed', promise: 'callback' },
  },
  agent: {
    ...{ answer: 'agent', write: 'agent', idle: 'idle', requeue: 'queued' },
    ...{ transfer: 'assigned', return: 'returned', close: 'closed', promise: 'callback' },
  },
  idle: {
    ...{ answer: 'agent', write: 'agent', requeue: 'queued' },
    ...{ transfer: 'assigned', return: 'returned', close: 'closed', promise: 'callback' },
  },
  expired: { promise: 'callback', queue: 'queued', assign: 'assigned', return: 'returned' },
  callback: { assign: 'assigned', queue: 'queued', return: 'returned', close: 'closed' },
  returned: {},
  closed: {},
}
const states = Object.keys(allowed) as TicketState[]
const types = Object.keys(examples) as Move['type'][]

describe('a ticket', () => {
  it.each(states.flatMap((state) => types.map((type) => [state, type] as const)))(
    'that is %s and is told to %s goes where the table says, or is refused',
    (state, type) => {
      const to = allowed[state][type]
      const move = () => moved(inState(state), examples[type], LATER)
      if (to === undefined)
        return expect(move).toThrow(expect.objectContaining({ code: 'ticket_move_refused' }))
      return expect(move()).toMatchObject({ state: to, version: 2, touchedAt: LATER, id: 'c1:t1' })
    },
  )

  it('belongs to one owner in every state, and to an agent only with a name', () => {
    const owners = Object.fromEntries(states.map((state) => [state, ownerOf(inState(state))]))
    expect(owners).toEqual({
      ...{ requested: 'bot', queued: 'queue', assigned: 'agent', agent: 'agent', idle: 'agent' },
      ...{ returned: 'bot', closed: 'bot', expired: 'bot', callback: 'bot' },
    })
    for (const state of states) {
      for (const type of Object.keys(allowed[state]) as Move['type'][]) {
        const next = moved(inState(state), examples[type], LATER)
        const ended = next.state === 'returned' || next.state === 'closed'
        expect(next.agentId !== undefined || ownerOf(next) !== 'agent').toBe(true)
        expect(isOpen(next)).toBe(!ended)
        expect(next.endedAt !== undefined).toBe(ended)
      }
    }
  })

  it('keeps its place in the line when it goes back, and who did not answer is passed over', () => {
    const queued = moved(begun, { type: 'queue', until: LATER }, AT)
    const assigned = moved(queued, { type: 'assign', agentId: 'a1' }, LATER)
    const back = moved(assigned, { type: 'requeue', skill: 'recurso' }, LATER)
    expect(back).toMatchObject({ queuedAt: AT, passedOver: ['a1'], skill: 'recurso', state: 'queued' })
    expect(back.agentId).toBeUndefined()
    const again = moved(moved(back, { type: 'assign', agentId: 'a1' }, LATER), { type: 'requeue' }, LATER)
    expect(again.passedOver).toEqual(['a1'])
  })

  it('is owed no call-back once it waits in the line', () => {
    expect(moved(inState('callback'), { type: 'queue' }, LATER).callback).toBeUndefined()
  })

  it('forgets what was being asked when its agent changes', () => {
    const asking = { ...inState('agent'), asking: { field: 'cpf' } }
    expect(moved(asking, { type: 'write' }, LATER).asking).toEqual({ field: 'cpf' })
    expect(moved(asking, { type: 'transfer', agentId: 'a2' }, LATER).asking).toBeUndefined()
    expect(moved(asking, { type: 'requeue' }, LATER).asking).toBeUndefined()
  })
})
