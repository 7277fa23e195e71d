import express, { type Request, type RequestHandler, type Response, Router } from 'express'
import type { Interaction, Provider } from 'oidc-provider/lib/provider.js'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { z } from 'zod'
import type { Log } from '../log'
import { type Account, type Accounts, isCpf, type Level } from './accounts'
import { errorPage, type LoginFault, levelsPage, loginPage, noSessionPage } from './pages'
import type { Client } from './provider'

const loginForm = z.object({
  person: z.string().max(20).optional(),
  cpf: z.string().max(40).optional(),
  password: z.string().max(200).optional(),
  cancel: z.string().optional(),
})

/** The pages of a person: login, levels and logout. */
export function createRoutes(options: {
  provider: Provider
  accounts: Accounts
  clients: Client[]
  log: Log
}): Router {
  const { provider, accounts, clients, log } = options
  const perAccount = new RateLimiterMemory({ points: 5, duration: 60 })
  const perAddress = new RateLimiterMemory({ points: 30, duration: 60 })
  const router = Router()
  const form = express.urlencoded({ extended: false, limit: '4kb' })

  async function loggedIn(req: Request, res: Response): Promise<Account | undefined> {
    const { accountId } = await provider.Session.get(provider.createContext(req, res))
    return accountId === undefined ? undefined : accounts.find(accountId)
  }

  /** Those who may log in to the application that asks. */
  function peopleOf(interaction: Interaction) {
    const client = clients.find(({ id }) => id === interaction.params.client_id)
    const staff = client?.staff === true
    const list = accounts.list().filter((account) => (account.staff !== undefined) === staff)
    const find = (cpf: string | undefined) => list.find((account) => account.cpf === cpf)
    return { staff, list, find, current: find(interaction.session?.accountId) }
  }

  /** Who a filled form is, or why we cannot tell. Pressing a person needs no password: it is a demonstration. */
  async function recognise(
    input: z.infer<typeof loginForm>,
    people: ReturnType<typeof peopleOf>,
    address: string,
  ): Promise<Account | LoginFault> {
    if (input.person !== undefined) return people.find(input.person) ?? { key: 'fault_password' }
    const cpf = (input.cpf ?? '').replace(/[\s./-]/g, '')
    if (!/^\d{11}$/.test(cpf)) return { key: 'fault_cpf_missing' }
    if (!isCpf(cpf)) return { key: 'fault_cpf_digits' }
    const wait = (await minutesLeft(perAddress, address)) ?? (await minutesLeft(perAccount, cpf))
    if (wait !== undefined) return { key: 'fault_wait', minutes: wait }
    const account = people.find(cpf)
    if (account !== undefined && account.password === input.password) {
      await perAccount.delete(cpf)
      return account
    }
    await Promise.all([perAddress.penalty(address), perAccount.penalty(cpf)])
    return { key: 'fault_password' }
  }

  router.get('/entrar/:uid', async (req, res) => {
    const interaction = await provider.interactionDetails(req, res)
    const { list, staff, current } = peopleOf(interaction)
    res.send(loginPage({ accounts: list, staff, current }))
  })

  router.post('/entrar/:uid', form, async (req, res) => {
    const interaction = await provider.interactionDetails(req, res)
    const input = loginForm.safeParse(req.body).data ?? {}
    if (input.cancel !== undefined) {
      log.info({ event: 'sandbox_cancelled' })
      return provider.interactionFinished(req, res, { error: 'access_denied' })
    }
    const people = peopleOf(interaction)
    const found = await recognise(input, people, req.ip ?? '')
    if ('key' in found) {
      log.info({ event: 'sandbox_login_refused', why: found.key })
      const { list, staff, current } = people
      const page = loginPage({ accounts: list, staff, current, fault: found, typed: input.cpf })
      return res.status(found.key === 'fault_wait' ? 429 : 422).send(page)
    }
    await handOver(req, res, interaction, found)
    log.info({ event: 'sandbox_logged_in', level: found.level })
    return provider.interactionFinished(req, res, { login: { accountId: found.cpf, amr: ['passwd'] } })
  })

  /** Gives an open session to the person who logs in now; oidc-provider would ask for a logout in between. */
  async function handOver(
    req: Request,
    res: Response,
    interaction: Interaction,
    account: Account,
  ): Promise<void> {
    if (interaction.session === undefined || interaction.session.accountId === account.cpf) return
    const session = await provider.Session.get(provider.createContext(req, res))
    session.loginAccount({ accountId: account.cpf, amr: ['passwd'], transient: false })
    session.authorizations = {}
    await session.persist()
    interaction.session.accountId = account.cpf
    await interaction.persist()
  }

  router.get('/confiabilidades', async (req, res) => {
    const asked = levelRequest(req, clients)
    if (asked === undefined) return res.status(400).send(errorPage('error'))
    const account = await loggedIn(req, res)
    if (account === undefined) return res.send(noSessionPage(asked.back))
    return res.send(levelsPage(account, asked.wanted, asked.back))
  })

  router.post('/confiabilidades', form, async (req, res) => {
    const asked = levelRequest(req, clients)
    const account = await loggedIn(req, res)
    const level = asked?.wanted.find((each) => each === req.body?.level)
    if (asked === undefined || account === undefined || level === undefined) {
      return res.status(400).send(errorPage('error'))
    }
    accounts.raise(account.cpf, level)
    log.info({ event: 'sandbox_level_raised', level })
    return res.redirect(303, asked.back)
  })

  // gov.br answers GET and POST alike: the session ends, and the browser goes where the application asked.
  router.all('/logout', async (req, res) => {
    const context = provider.createContext(req, res)
    const session = await provider.Session.get(context)
    if (session.accountId !== undefined) await session.destroy()
    context.cookies.set(provider.cookieName('session'), null)
    log.info({ event: 'sandbox_logged_out' })
    const back = req.query.post_logout_redirect_uri
    const known = clients.some(({ postLogoutRedirectUris }) =>
      postLogoutRedirectUris.some((uri) => uri === back),
    )
    if (typeof back === 'string' && known) return res.redirect(303, back)
    return res.send(errorPage('left'))
  })

  router.get('/authorize', complete)
  return router
}

/** gov.br demands state and nonce, which OAuth leaves to the client. */
const complete: RequestHandler = (req, res, next) => {
  if (nonEmpty(req.query.state) && nonEmpty(req.query.nonce)) next()
  else res.status(400).send(errorPage('error'))
}

function nonEmpty(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}

/** `?client_id&niveis=(2/3)&redirect_uri`, where 2 is silver and 3 gold. */
function levelRequest(req: Request, clients: Client[]): { wanted: Level[]; back: string } | undefined {
  const { client_id, niveis, redirect_uri } = req.query
  const client = clients.find(({ id }) => id === client_id)
  const back = client?.redirectUris.find((uri) => uri === redirect_uri)
  if (back === undefined) return undefined
  const numbers = typeof niveis === 'string' ? niveis : '(2/3)'
  const wanted: Level[] = []
  if (numbers.includes('2')) wanted.push('silver')
  if (numbers.includes('3')) wanted.push('gold')
  return { wanted, back }
}

/** How long a limiter still refuses, in whole minutes, or undefined when it does not. */
async function minutesLeft(limiter: RateLimiterMemory, key: string): Promise<number | undefined> {
  const state = await limiter.get(key)
  if (!(state instanceof RateLimiterRes) || state.consumedPoints < limiter.points) return undefined
  return Math.max(1, Math.ceil(state.msBeforeNext / 60_000))
}
