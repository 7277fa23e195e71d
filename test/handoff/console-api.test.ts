import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { eq, sql } from 'drizzle-orm'
import { audit as auditTable } from '../../src/handoff/db/schema'
import { createRedisStore } from '../../src/store/redis'
import { describeWithRedis, startRedis } from '../store/redis-server'
import {
  type Agent,
  ana,
  celia,
  citizen,
  movable,
  pglite,
  readEvents,
  rui,
  startWorld,
  type World,
} from './console-world'

const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')

describeWithRedis('consoles of two processes on Redis', () => {
  it('show what the other one changed', async () => {
    const redis = await startRedis()
    const clock = movable()
    const prefix = randomUUID()
    const [one, other] = [
      await createRedisStore({ url: redis.url, prefix, clock }),
      await createRedisStore({ url: redis.url, prefix, clock }),
    ]
    const [here, there] = [await startWorld({ store: one, clock }), await startWorld({ store: other, clock })]
    try {
      const [a, r] = [await here.signIn(ana), await there.signIn(rui)]
      const stream = await a.stream()
      await stream.until('inbox')
      const ticket = await there.waits('de-longe')
      await stream.until('inbox', (data) => data.queue.some((each: { id: string }) => each.id === ticket.id))
      expect((await r.do(ticket, 'claim')).status).toBe(200)
      await stream.until('inbox', (data) => data.queue.length === 0)
      expect((await a.do(ticket, 'claim')).body).toMatchObject({ code: 'taken' })
      const to = { agentId: a.id, note: 'é com você' }
      await a.call('PUT', 'presence', { status: 'available' })
      expect((await r.do(ticket, 'transfer', to)).status).toBe(200)
      await stream.until('inbox', (data) => data.mine.some((each: { id: string }) => each.id === ticket.id))
      await stream.close()
    } finally {
      await here.stop()
      await there.stop()
      await one.close()
      await other.close()
      await redis.stop()
    }
  })
})

describe('the calls of the console', () => {
  const database = pglite()
  const clock = movable()
  let world: World
  let [a, r, s] = [{} as Agent, {} as Agent, {} as Agent]
  let conversations = 0
  const fresh = () => `pessoa-${conversations++}`

  beforeAll(async () => {
    world = await startWorld({ connection: database.connection, clock })
    a = await world.signIn(ana)
    r = await world.signIn(rui)
    s = await world.signIn(celia)
    await world.tables()
  }, 90_000)

  afterAll(async () => {
    const log = world.logged()
    for (const secret of [ana, rui, celia, citizen.cpf, citizen.name, 'Ana Beatriz', a.headers.cookie ?? ''])
      expect(log).not.toContain(secret)
    await world.stop()
    await database.close()
  })

  describe('who may call', () => {
    it('tells who is logged in, with the role and skills of their login', () => {
      expect(a.me.body).toMatchObject({
        agent: {
          name: 'Ana Beatriz Nogueira',
          role: 'agent',
          skills: ['beneficio', 'pagamento', 'cadastro', 'geral'],
        },
        idleMinutes: 15,
        status: 'offline',
        capacity: 4,
      })
      expect(s.me.body.agent.role).toBe('supervisor')
      expect(a.id).toMatch(/^[\w-]{16}$/)
      expect(a.me.headers.get('cache-control')).toBe('no-store')
      expect(a.me.headers.get('content-security-policy')).toBe("default-src 'none'")
    })

    it('lets its page run only its own script, and send nothing by a form', async () => {
      const answer = await fetch(`${world.url}/atendimento/entrar`, { redirect: 'manual' })
      expect(answer.headers.get('content-security-policy')).toMatch(
        /^default-src 'none';script-src 'self';.*form-action 'none';base-uri 'none';frame-ancestors 'none'$/,
      )
      expect(answer.headers.get('cache-control')).toBe('no-store')
    })

    it('keeps the session where no script and no other site can use it', async () => {
      const answer = await fetch(`${world.url}/atendimento/entrar`, { redirect: 'manual' })
      expect(answer.headers.getSetCookie().join()).toMatch(/HttpOnly; SameSite=Lax/)
      expect(a.headers.cookie).toMatch(/^atendimento=[\w-]{43}$/)
    })

    it('refuses who is not logged in, whose login has no role, and a change without the token', async () => {
      expect((await fetch(`${world.url}/atendimento/api/me`)).status).toBe(401)
      const nobody = await world.signIn('00010000127')
      expect([nobody.me.status, nobody.me.body.code]).toEqual([403, 'role_missing'])
      const put = (headers: Record<string, string>) =>
        fetch(`${world.url}/atendimento/api/presence`, {
          method: 'PUT',
          headers: { cookie: a.headers.cookie ?? '', 'content-type': 'application/json', ...headers },
          body: JSON.stringify({ status: 'pause' }),
        })
      expect((await put({})).status).toBe(403)
      expect((await put({ 'x-csrf-token': r.headers['x-csrf-token'] ?? '' })).status).toBe(403)
      const elsewhere = { 'x-csrf-token': a.headers['x-csrf-token'] ?? '', origin: 'https://example.org' }
      expect((await put(elsewhere)).status).toBe(403)
    })

    it('ends a session in which nothing was done for 15 minutes, and one that was left', async () => {
      const idle = await world.signIn(ana)
      clock.forward(14)
      expect((await idle.get('canned')).status).toBe(200)
      clock.forward(14)
      expect((await idle.get('canned')).status).toBe(200)
      clock.forward(15.5)
      expect((await idle.get('canned')).body.code).toBe('signed_out')
      ;[a, r, s] = [await world.signIn(ana), await world.signIn(rui), await world.signIn(celia)]
      const leaving = await world.signIn(rui)
      expect((await leaving.call('POST', 'sign-out')).status).toBe(204)
      expect((await leaving.get('me')).status).toBe(401)
    })

    it('gives supervisors alone the board, the past and every conversation', async () => {
      for (const path of ['board', 'history', 'history.csv', 'history/x', 'tickets?view=all'])
        expect([path, (await a.get(path)).body.code]).toEqual([path, 'role_missing'])
      expect((await s.get('tickets?view=all')).status).toBe(200)
      for (const query of ['after=ontem', 'from=2026-13-01', 'limit=0', 'skill=pix', 'agentId=%27%3B--'])
        expect([query, (await s.get(`history?${query}`)).body.code]).toEqual([query, 'bad_input'])
      expect((await s.get('history?from=2026-11-25&to=2026-11-25&limit=1')).status).toBe(200)
    })
  })

  describe('a conversation', () => {
    it('goes to one of two who claim it at once, and the other is told who has it', async () => {
      const ticket = await world.waits(fresh())
      const answers = await Promise.all([a.do(ticket, 'claim'), r.do(ticket, 'claim')])
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
      const lost = answers.find(({ status }) => status === 409)
      expect(lost?.body.code).toBe('taken')
    })

    it('is shown with its numbers masked, its place and what can be revealed', async () => {
      const brief = {
        level: 'silver' as const,
        intent: 'check_payment',
        facts: [{ name: 'Qual é a data de nascimento?', value: '12/03/1962', confirmed: true }],
        done: [],
        failed: [],
        flags: ['anger' as const],
      }
      const said = [{ text: 'Meu CPF é 000.010.001-59, o e-mail é eu@example.org e ganho R$ 1.621,00' }]
      const ticket = await world.waits(fresh(), { brief, channel: 'sms-kannel' }, said)
      const { body } = await a.get(`tickets/${ticket.id}`)
      expect(body.lines[0].text).toBe('Meu CPF é •••.•••.•••-••, o e-mail é •••••••••••• e ganho R$ 1.621,00')
      expect(body.brief.facts[0]).toMatchObject({ value: '••/••/••••', confirmed: true })
      expect(body.person).toEqual({
        level: 'silver',
        loggedIn: true,
        firstName: 'Marivalda',
        revealable: ['name', 'cpf', 'birthDate', 'phone', 'email', 'lines'],
      })
      expect(body.channel).toMatchObject({ register: 'short', segments: true, files: [] })
      expect(body.ticket).toMatchObject({ state: 'queued', flags: ['anger'], mine: false })
      expect(body.ticket.position).toBeGreaterThan(0)
      expect(JSON.stringify(body)).not.toContain('1962')
    })

    it("is not another agent's to read or to act in, and a supervisor may read", async () => {
      const ticket = await world.waits(fresh())
      await a.do(ticket, 'claim')
      const { status, body } = await r.get(`tickets/${ticket.id}`)
      expect([status, body.code]).toEqual([403, 'not_yours'])
      for (const [name, more] of [
        ['reply', { text: 'oi' }],
        ['close', { outcome: 'resolved' }],
        ['reveal', { fields: ['cpf'], reason: 'conferir o cadastro' }],
        ['note', { text: 'oi' }],
      ] as const)
        expect([name, (await r.do(ticket, name, more)).body.code]).toEqual([name, 'not_yours'])
      expect((await s.get(`tickets/${ticket.id}`)).status).toBe(200)
      expect((await s.do(ticket, 'whisper', { text: 'pergunte o protocolo' })).status).toBe(200)
      const lines = (await a.get(`tickets/${ticket.id}`)).body.lines
      expect(lines.at(-1)).toMatchObject({ who: 'note', whisper: true, text: 'pergunte o protocolo' })
    })

    it('is answered once for one key, however often it is sent', async () => {
      const id = fresh()
      const ticket = await world.waits(id)
      await a.do(ticket, 'claim')
      const body = { text: 'Bom dia', key: 'chave-unica-1' }
      const answers = await Promise.all([1, 2, 3].map(() => a.do(ticket, 'reply', body)))
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
      const said = (await world.desk.lines(id)).filter(({ who }) => who === 'agent')
      expect(said.map(({ text }) => text)).toEqual(['Bom dia'])
    })

    it('tells who repeats what they did that it is done, though another has the conversation by now', async () => {
      const id = fresh()
      const ticket = await world.waits(id)
      await a.do(ticket, 'claim')
      const body = { text: 'Um momento', key: 'chave-repetida' }
      await a.do(ticket, 'reply', body)
      await r.call('PUT', 'presence', { status: 'available' })
      expect((await a.do(ticket, 'transfer', { agentId: r.id, note: 'é do Rui' })).status).toBe(200)
      expect((await a.do(ticket, 'reply', body)).status).toBe(200)
      expect((await a.do(ticket, 'reply', { text: 'mais' })).body.code).toBe('not_yours')
      const said = (await world.desk.lines(id)).filter(({ who }) => who === 'agent')
      expect(said.map(({ text }) => text)).toEqual(['Um momento'])
      await r.call('PUT', 'presence', { status: 'offline' })
    })

    it('tells that a reply waits, once the channel takes none before the person writes again', async () => {
      const more = { channel: 'whatsapp-cloud' as const }
      const ticket = await world.waits(fresh(), more, [{ text: 'me chamem depois' }])
      const held = async () => (await a.get(`tickets/${ticket.id}`)).body.channel.held
      expect(await held()).toBe(false)
      clock.forward(24 * 60 + 1)
      a = await world.signIn(ana)
      expect(await held()).toBe(true)
      r = await world.signIn(rui)
      s = await world.signIn(celia)
    })

    it('keeps HTML as the text it is', async () => {
      const ticket = await world.waits(fresh(), {}, [{ text: '<img src=x onerror=alert(1)>' }])
      const { body, headers } = await a.get(`tickets/${ticket.id}`)
      expect(body.lines[0].text).toBe('<img src=x onerror=alert(1)>')
      expect(headers.get('content-type')).toContain('application/json')
    })

    it.each([
      ['reply', {}, '/text'],
      ['reply', { text: '   ' }, '/text'],
      ['reply', { text: 'a'.repeat(4097) }, '/text'],
      ['reply', { text: 'oi', key: 'x' }, '/key'],
      ['close', { outcome: 'bored' }, '/outcome'],
      ['ask', { field: 'salary' }, '/field'],
      ['start-service', { service: 'pix' }, '/service'],
      ['transfer', { note: 'sem destino' }, '/agentId'],
      ['transfer', { agentId: 'ninguem', note: 'a ninguém' }, '/agentId'],
      ['callback', { by: '2020-01-01T00:00:00Z' }, '/by'],
      ['reveal', { fields: ['cpf'], reason: 'sim' }, '/reason'],
      ['reveal', { fields: ['senha'], reason: 'conferir o cadastro' }, '/fields/0'],
    ])('refuses bad input, %#: %s', async (name, body, pointer) => {
      const ticket = await world.waits(fresh())
      await a.do(ticket, 'claim')
      const answer = await a.do(ticket, name, body)
      expect([answer.status, answer.body.code, answer.body.errors]).toEqual([400, 'bad_input', [{ pointer }]])
    })

    it('answers what is not there, what is no JSON, and what is too long, without a stack', async () => {
      expect((await a.get('tickets/ninguem:a')).body.code).toBe('not_found')
      expect((await a.get('tickets/%E0%A4%A')).status).toBe(400)
      expect((await a.get('nada')).body.code).toBe('not_found')
      const broken = await a.call('PUT', 'presence', Buffer.from('{'), { 'content-type': 'application/json' })
      expect([broken.status, broken.body.code]).toEqual([400, 'bad_input'])
      expect(broken.text).not.toMatch(/node_modules|at /)
    })

    it('ends, and then takes nothing more', async () => {
      const ticket = await world.waits(fresh())
      await a.do(ticket, 'claim')
      await a.do(ticket, 'reply', { text: 'Resolvi.' })
      expect((await a.do(ticket, 'close', { outcome: 'resolved' })).body.ticket).toMatchObject({
        state: 'closed',
        outcome: 'resolved',
      })
      expect((await a.do(ticket, 'reply', { text: 'e mais' })).body.code).toBe('move_refused')
    })
  })

  describe('what is revealed', () => {
    it('is in the audit, with its reason, before it is shown', async () => {
      const ticket = await world.waits(fresh(), {}, [{ text: 'CPF 000.010.001-59' }])
      await a.do(ticket, 'claim')
      const reason = 'conferir quem está falando'
      const { body } = await a.do(ticket, 'reveal', {
        fields: ['cpf', 'birthDate', 'email', 'lines'],
        reason,
      })
      expect(body.values).toEqual({ cpf: '000.010.001-59', birthDate: '12/03/1962', email: null })
      expect(body.lines[0].text).toBe('CPF 000.010.001-59')
      const db = await world.tables()
      const rows = await db.select().from(auditTable).where(eq(auditTable.ticketId, ticket.id))
      expect(rows.map(({ actor, action, details }) => [actor, action, details])).toEqual([
        [a.id, 'revealed', { fields: ['cpf', 'birthDate', 'email', 'lines'], reason }],
        [a.id, 'inss_called', { operation: 'citizen' }],
      ])
    })

    it('needs the person to be logged in, where the INSS is asked', async () => {
      const ticket = await world.waits(fresh())
      await a.do(ticket, 'claim')
      world.person.loggedIn = false
      const before = world.calls.length
      const reason = 'conferir quem está falando'
      expect((await a.do(ticket, 'reveal', { fields: ['cpf'], reason })).body.code).toBe('person_signed_out')
      expect((await a.do(ticket, 'reveal', { fields: ['lines'], reason })).status).toBe(200)
      expect(world.calls.length).toBe(before)
      world.person.loggedIn = true
    })

    it('is nothing while it cannot be written down, and people are answered all the same', async () => {
      const without = await startWorld({ store: world.store, clock })
      const agent = await without.signIn(ana)
      const ticket = await world.waits(fresh())
      await agent.do(ticket, 'claim')
      const reason = 'conferir quem está falando'
      const asked = await agent.do(ticket, 'reveal', { fields: ['cpf'], reason })
      expect([asked.status, asked.body.code]).toEqual([503, 'audit_unavailable'])
      expect(without.calls).toEqual([])
      expect((await agent.do(ticket, 'ask', { field: 'birth_date' })).body.code).toBe('audit_unavailable')
      expect((await agent.do(ticket, 'reply', { text: 'Bom dia' })).status).toBe(200)
      expect((await agent.get(`tickets/${ticket.id}`)).body.contacts).toEqual([])
      const supervisor = await without.signIn(celia)
      expect((await supervisor.get('board')).body.code).toBe('history_unavailable')
      await without.stop()
    })
  })

  describe('a reply before it is sent', () => {
    it('shows the parts an SMS will have, what they cost, and why', async () => {
      const ticket = await world.waits(fresh(), { channel: 'sms-kannel' })
      const short = (await a.do(ticket, 'preview', { text: 'Você já pagou?' })).body
      expect(short).toMatchObject({
        parts: [{ text: 'Ana (atendente): Voce ja pagou?', segments: 1 }],
        segments: 1,
        costly: [],
      })
      const long = (await a.do(ticket, 'preview', { text: 'palavra '.repeat(512).trim() })).body
      expect(long.parts.length).toBe(3)
      expect(long.segments).toBe(27)
      expect(long.parts.map((part: { text: string }) => part.text).join(' ')).toBe(
        `Ana (atendente): ${'palavra '.repeat(512).trim()}`,
      )
      expect((await a.do(ticket, 'preview', { text: 'certo 👍' })).body.costly).toEqual(['👍'])
    })
  })

  describe('a file', () => {
    const send = (agent: Agent, ticket: { id: string }, content: Buffer, type: string, name = 'carta.png') =>
      agent.call(
        'POST',
        `tickets/${ticket.id}/files?key=chave-arquivo&name=${encodeURIComponent(name)}`,
        content,
        {
          'content-type': type,
        },
      )

    it('is sent with a safe name over a channel that can, and refused otherwise', async () => {
      const id = fresh()
      const ticket = await world.waits(id)
      await a.do(ticket, 'claim')
      expect((await send(a, ticket, png, 'image/png', '../../<b>.exe')).status).toBe(200)
      const [line] = (await world.desk.lines(id)).filter(({ who }) => who === 'agent')
      expect(line?.media).toMatchObject({ name: expect.stringMatching(/^[^/<>]+\.png$/) })
      expect((await send(a, ticket, png, 'application/pdf')).body.code).toBe('file_type')
      expect((await send(a, ticket, Buffer.from('MZ'), 'application/x-msdownload')).body.code).toBe(
        'file_type',
      )
      expect((await send(a, ticket, Buffer.alloc(0), 'image/png')).body.code).toBe('file_size')
      const large = await send(a, ticket, Buffer.concat([png, Buffer.alloc(4 * 1024 * 1024)]), 'image/png')
      expect([large.status, large.body.code]).toEqual([413, 'file_size'])
      const sms = await world.waits(fresh(), { channel: 'sms-kannel' })
      await a.do(sms, 'claim')
      expect((await send(a, sms, png, 'image/png')).body.code).toBe('files_unsupported')
    })
  })

  describe('the stream', () => {
    it('tells what changes, and after a break what was missed, from another process too', async () => {
      const id = fresh()
      const ticket = await world.waits(id)
      const stream = await a.stream()
      await stream.until('inbox', (data) => data.queue.some((each: { id: string }) => each.id === ticket.id))
      await a.do(ticket, 'claim')
      await stream.until('inbox', (data) => data.mine.some((each: { id: string }) => each.id === ticket.id))
      await a.do(ticket, 'note', { text: 'primeira nota' })
      await stream.until('lines', (data) =>
        data.lines.some((line: { text: string }) => line.text === 'primeira nota'),
      )
      const lastId = stream.events.at(-1)?.id
      await stream.close()
      await a.do(ticket, 'note', { text: 'segunda nota' })
      const other = await startWorld({ store: world.store, connection: database.connection, clock })
      const resumed = await readEvents(`${other.url}/atendimento/api/stream`, {
        ...a.headers,
        'last-event-id': lastId ?? '',
      })
      await resumed.until('lines', (data) =>
        data.lines.some((line: { text: string }) => line.text === 'segunda nota'),
      )
      await resumed.close()
      await other.stop()
    })

    it("does not tell one agent of another's conversation", async () => {
      const id = fresh()
      const ticket = await world.waits(id)
      await a.do(ticket, 'claim')
      const stream = await r.stream(`?watch=${ticket.id}`)
      await stream.until('inbox')
      await a.do(ticket, 'note', { text: 'só entre nós' })
      await world.waits(fresh())
      await stream.until('inbox', (data) => data.queue.length > 0)
      expect(JSON.stringify(stream.events)).not.toContain('só entre nós')
      await stream.close()
      const watching = await s.stream(`?watch=${ticket.id}`)
      await a.do(ticket, 'note', { text: 'mais uma' })
      await watching.until('lines', (data) =>
        data.lines.some((line: { text: string }) => line.text === 'mais uma'),
      )
      await watching.close()
    })
  })

  describe('presence', () => {
    it('lasts while the console is there, and ends when the agent leaves', async () => {
      await a.call('PUT', 'presence', { status: 'available' })
      expect(await world.desk.agents()).toContainEqual(
        expect.objectContaining({ id: a.id, status: 'available' }),
      )
      expect((await a.get('me')).body.status).toBe('available')
      clock.forward(1)
      expect(await world.desk.agents()).toEqual([])
      const stream = await a.stream()
      await stream.until('inbox')
      expect((await world.desk.agents()).map(({ id }) => id)).toEqual([a.id])
      await stream.close()
      await a.call('PUT', 'presence', { status: 'offline' })
      expect(await world.desk.agents()).toEqual([])
    })
  })

  describe('an agent', () => {
    const statusOf = async (agent: { id: string }) =>
      (await world.desk.agents()).find(({ id }) => id === agent.id)?.status

    it('whose last console closed is given nobody more, until it is there again', async () => {
      await a.call('PUT', 'presence', { status: 'available' })
      const [one, two] = [await a.stream(), await a.stream()]
      for (const each of [one, two]) await each.until('inbox')
      await one.close()
      await wait(50)
      expect(await statusOf(a)).toBe('available')
      await two.close()
      await wait(50)
      expect(await statusOf(a)).toBe('pause')
      const again = await a.stream()
      expect(await again.until('status')).toEqual({ status: 'available' })
      expect(await statusOf(a)).toBe('available')
      await again.close()
      await a.call('PUT', 'presence', { status: 'offline' })
    })

    it('who takes a conversation while away is here for it, and for nobody else', async () => {
      const ticket = await world.waits('away')
      await a.call('PUT', 'presence', { status: 'offline' })
      expect((await a.do(ticket, 'claim')).status).toBe(200)
      expect(await statusOf(a)).toBe('pause')
      await world.route()
      expect((await world.desk.ticket('away'))?.agentId).toBe(a.id)
      await a.do(ticket, 'close', { outcome: 'resolved' })
    })

    it('who does not answer whom they were given is given nobody more, and told why', async () => {
      await s.call('PUT', 'presence', { status: 'available' })
      const stream = await s.stream()
      await stream.until('inbox')
      const ticket = await world.waits('unanswered', { priority: 0 })
      await world.route()
      expect((await world.desk.ticket('unanswered'))?.agentId).toBe(s.id)
      clock.forward(4)
      // Their console, which is still there, says so.
      await s.call('PUT', 'presence', { status: 'available' })
      await world.waits('next', { priority: 0 })
      await world.route()
      expect((await world.desk.ticket('unanswered'))?.state).toBe('queued')
      expect((await world.desk.ticket('next'))?.state).toBe('queued')
      expect(await stream.until('status', ({ because }) => because !== undefined)).toEqual({
        status: 'pause',
        because: 'unanswered',
      })
      await s.call('PUT', 'presence', { status: 'available' })
      expect(await statusOf(s)).toBe('available')
      await stream.close()
      for (const id of ['unanswered', 'next']) {
        const open = await world.desk.ticket(id)
        if (open !== undefined)
          await s.do(open, 'claim').then(() => s.do(open, 'close', { outcome: 'resolved' }))
      }
      expect(ticket.state).toBe('queued')
      await s.call('PUT', 'presence', { status: 'offline' })
    })
  })

  describe('ready replies', () => {
    it('come from the locale with the gaps to fill', async () => {
      const { items } = (await a.get('canned')).body
      expect(items.length).toBeGreaterThan(8)
      const hello = items.find((each: { id: string }) => each.id === 'hello')
      expect(hello.parameters).toEqual(['nome', 'atendente'])
      expect((await a.get('options')).body.fields).toEqual([
        { id: 'birth_date', label: 'Data de nascimento' },
      ])
    })
  })

  describe('the audit', () => {
    it('cannot be changed or emptied, and tells where it was tampered with', async () => {
      const verdict = await world.audit.verify()
      expect(verdict.ok && verdict.rows).toBeGreaterThan(2)
      const db = await world.tables()
      for (const change of [
        sql`update desk.audit set actor = 'x'`,
        sql`delete from desk.audit`,
        sql`truncate desk.audit`,
      ])
        await expect(db.execute(change)).rejects.toThrow()
      await db.execute(sql`alter table desk.audit disable trigger audit_append_only`)
      await db.execute(sql`update desk.audit set actor = 'outra pessoa' where position = 2`)
      expect(await world.audit.verify()).toEqual({ ok: false, position: 2, fault: 'changed' })
      await db.execute(sql`delete from desk.audit where position = 2`)
      expect(await world.audit.verify()).toEqual({ ok: false, position: 2, fault: 'missing' })
    })
  })
})
