import { createWorld, loggedInAs, notLoggedIn, sms, type World, whatsapp } from './world'

let world: World
beforeEach(async () => {
  world = await createWorld('2026-11-25T15:00:00Z')
})
afterEach(() => world.stop())

const at = (where: typeof whatsapp | typeof sms, name?: string) =>
  world.notices.of(world.inbound(where), name === undefined ? notLoggedIn : loggedInAs(name))

async function tell(person: string): Promise<string[]> {
  world.sent.length = 0
  await world.post(world.event(person, 'payment.credited'))
  await world.pass(5)
  return world.sent.map(({ conversationId }) => conversationId)
}

describe('a yes', () => {
  it('is refused without login, and nobody is followed', async () => {
    const here = await at(whatsapp)
    await expect(here.choose(['pagamento'], 'notices.ask')).rejects.toMatchObject({ code: 'login_required' })
    expect([await here.current(), world.asked.follow]).toEqual([[], []])
  })

  it("is of this conversation alone, and the INSS API hears it with the citizen's own token", async () => {
    const here = await at(whatsapp, 'rosa')
    await here.choose(['pagamento', 'pedido'], 'notices.ask')
    expect(await here.current()).toEqual(['pagamento', 'pedido'])
    expect(await (await at(sms, 'rosa')).current()).toEqual([])
    expect(world.asked.follow).toEqual([
      ['token-de-rosa', 'notices.whatsapp-cloud.m1'],
      ['token-de-rosa', 'notices.whatsapp-cloud.m1.kept'],
    ])
  })

  it('moves to the newest conversation of the same channel', async () => {
    await world.optIn(whatsapp, 'rosa')
    await world.optIn({ ...whatsapp, conversationId: 'telefone-novo' }, 'rosa')
    expect(await tell('pessoa-rosa')).toEqual(['telefone-novo'])
    expect(await (await at(whatsapp, 'rosa')).current()).toEqual([])
  })

  it('ends with a stop, and the INSS API stops telling once no channel is left', async () => {
    await world.optIn(whatsapp, 'rosa')
    await world.optIn(sms, 'rosa')
    await (await at(whatsapp)).stop()
    expect([await tell('pessoa-rosa'), world.asked.unfollow]).toEqual([[sms.conversationId], []])
    await world.notices.optOut('sms-kannel', sms.conversationId)
    expect(world.asked.unfollow).toEqual(['pessoa-rosa'])
    expect(await tell('pessoa-rosa')).toEqual([])
    await world.notices.optOut('sms-kannel', 'nunca-pediu-nada')
  })

  it('does not hang on an INSS API that is down when it ends', async () => {
    const away = await createWorld('2026-11-25T15:00:00Z', {
      inss: { unfollow: () => Promise.reject(new Error('down')) },
    })
    await away.optIn(whatsapp, 'rosa')
    await away.notices.optOut('whatsapp-cloud', whatsapp.conversationId)
    await away.post(away.event('pessoa-rosa', 'payment.credited'))
    await away.pass(5)
    expect(away.sent).toEqual([])
    await away.stop()
  })

  it('comes back as it was, for the same person logged in, and for nobody else', async () => {
    await world.optIn(whatsapp, 'rosa', ['documento'])
    await world.notices.optOut('whatsapp-cloud', whatsapp.conversationId)
    const back = (login: typeof notLoggedIn | ReturnType<typeof loggedInAs>) =>
      world.notices.optIn(world.inbound(whatsapp), login)
    expect([await back(notLoggedIn), await back(loggedInAs('lia'))]).toEqual([false, false])
    expect(await (await at(whatsapp)).current()).toEqual([])
    expect(await back(loggedInAs('rosa'))).toBe(true)
    expect(await (await at(whatsapp)).current()).toEqual(['documento'])
    expect(await back(notLoggedIn)).toBe(true)
    expect(await world.notices.optIn(world.inbound(sms), loggedInAs('rosa'))).toBe(false)
  })

  it('is not possible where a channel cannot carry notices', async () => {
    const web = await world.notices.of(
      world.inbound({ channel: 'web', conversationId: 'c1' }),
      loggedInAs('rosa'),
    )
    expect([web.carries, (await at(whatsapp)).carries]).toEqual([false, true])
  })
})

describe('a conversation that another person has now', () => {
  const login = (name: string) =>
    world.notices.of(world.inbound(whatsapp, { kind: 'event', event: 'login_completed' }), loggedInAs(name))

  it('gets nothing more of the person before, from the login on', async () => {
    await world.optIn(whatsapp, 'rosa')
    await login('rosa')
    expect(await tell('pessoa-rosa')).toEqual([whatsapp.conversationId])
    await login('lia')
    expect(await tell('pessoa-rosa')).toEqual([])
    expect(world.asked.unfollow).toContain('pessoa-rosa')
  })

  it('gets not even what was already waiting to go out', async () => {
    await world.optIn(whatsapp, 'rosa')
    world.set('2026-11-26T01:00:00Z')
    await world.post(world.event('pessoa-rosa', 'payment.credited'))
    await login('lia')
    await world.optIn(whatsapp, 'lia')
    await world.pass(20)
    expect(world.sent).toEqual([])
  })

  it('gets nothing of either when the number changed hands or became another', async () => {
    await world.optIn(whatsapp, 'rosa')
    await world.notices.of(world.inbound(whatsapp, { kind: 'event', event: 'number_changed' }), notLoggedIn)
    expect(await tell('pessoa-rosa')).toEqual([])
  })
})
