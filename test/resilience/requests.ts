import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { PGlite } from '@electric-sql/pglite'
import { projectFile } from '../../src/files'
import { isCpf } from '../../src/inss-api/digits'
import type { Sent } from '../channels/whatsapp-cloud/graph-server'
import { Browser } from '../identity/browser'
import { buttonIn, type Person, replyName, wireOf } from './golden'
import { type Meta, outboundOf } from './meta'
import { type Arrivals, contentOf } from './people'

/** Somebody logged in who is about to say yes to a request. */
export type Requester = {
  person: Person
  cpf: string
  yes: { id: string; title: string }
}

/** Their three messages, as they are named everywhere. */
const idsOf = ({ conversationId }: Person) => ({
  wish: `wish-${conversationId}`,
  yes: `yes-${conversationId}`,
  yesAgain: `again-${conversationId}`,
  after: `after-${conversationId}`,
})

/** A folder of so many citizens who all may retire today, with one life and different CPFs. @returns the CPFs */
export function writeCitizens(folder: string, many: number): string[] {
  const file = projectFile('src/inss-api/sandbox/citizens/01-marinalva.yaml')
  const text = readFileSync(file, 'utf8')
  mkdirSync(folder, { recursive: true })
  return Array.from({ length: many }, (_, index) => {
    const cpf = cpfOf(`000${String(500_000 + index)}`)
    writeFileSync(join(folder, `${cpf}.yaml`), text.replace(/^cpf: .*$/m, `cpf: "${cpf}"`))
    return cpf
  })
}

function cpfOf(nine: string): string {
  for (let end = 0; end < 100; end += 1) {
    const digits = `${nine}${String(end).padStart(2, '0')}`
    if (isCpf(digits)) return digits
  }
  throw new Error('no check digits')
}

/** From the wish to the question whether the request may be sent, with a login in a browser on the way. */
export async function prepareRequest(
  person: Person,
  cpf: string,
  scene: { meta: Meta; sentTo: (person: Person) => Sent[] },
): Promise<Requester> {
  await scene.meta.send(wireOf(person, idsOf(person).wish, { text: 'quero me aposentar por idade' }))
  const asked = await said(person, scene, /https?:\/\/\S+\/entrar\/[\w-]{43}/)
  const url = /https?:\/\/[^\s"\\]+\/entrar\/[\w-]{43}/.exec(contentOf(asked))?.[0] ?? ''
  const browser = new Browser()
  await browser.open(url)
  await browser.submit({ answer: 'same' })
  await browser.submit({ person: cpf })
  const summary = await said(person, scene, /Posso enviar o pedido/)
  const yes = buttonIn(JSON.parse(contentOf(summary)), 'Sim')
  if (yes === undefined) throw new Error('there is no button to say yes')
  return { person, cpf, yes }
}

async function said(
  person: Person,
  scene: { sentTo: (person: Person) => Sent[] },
  words: RegExp,
): Promise<Sent> {
  for (let tries = 0; tries < 600; tries += 1) {
    const found = scene.sentTo(person).find((sent) => words.test(contentOf(sent)))
    if (found !== undefined) return found
    await wait(50)
  }
  throw new Error(`nobody said ${words}`)
}

/** Says yes, presses it a second time at once, and asks how the request is once both are answered. */
export async function request({ person, yes }: Requester, scene: { meta: Meta; arrivals: Arrivals }) {
  const ids = idsOf(person)
  const first = scene.meta.sendApart(wireOf(person, ids.yes, { button: yes }))
  await wait(5)
  await Promise.all([first, scene.meta.sendApart(wireOf(person, ids.yesAgain, { button: yes }))])
  await scene.arrivals.of([ids.yes, ids.yesAgain].map((id) => `${replyName(id)}.1`))
  await scene.meta.send(wireOf(person, ids.after, { text: 'como está o meu pedido?' }))
  await scene.arrivals.of([`${replyName(ids.after)}.1`])
}

/** What a requester was told from the yes on: each message once, without what differs from person to person. */
export function toldOf({ person }: Requester, sends: Sent[]): string[] {
  const ids = idsOf(person)
  const names = [ids.yes, ids.yesAgain, ids.after].map(replyName)
  const own = new Set<string>()
  const about = sends.filter((sent) => {
    const id = outboundOf(sent)
    if (own.has(id)) return false
    own.add(id)
    return names.some((name) => id.startsWith(`${name}.`))
  })
  return about.map((sent) => masked(contentOf(sent)))
}

/** Numbers are given out by chance, and the day of the first payment goes by the number; questions have names. */
function masked(content: string): string {
  return content
    .replace(/"id":"[^"]*"/g, '"id":"…"')
    .replace(/\b\d{9,12}\b/g, '<número>')
    .replace(/Primeiro pagamento: \d{2}\/\d{2}\/\d{4}( \([\p{L}-]+\))?/gu, 'Primeiro pagamento: <dia>')
}

/** How many requests and benefits each CPF has. @param folder of an INSS API that has stopped */
export async function effectsOf(
  folder: string,
): Promise<Map<string, { requests: number; benefits: number }>> {
  const database = await PGlite.create(join(folder, 'inss-api', 'pglite'))
  const count = async (table: 'requests' | 'granted_benefits') => {
    const { rows } = await database.query<{ cpf: string; many: number }>(
      `select cpf, count(*)::int as many from ${table} group by cpf`,
    )
    return new Map(rows.map(({ cpf, many }) => [cpf, many]))
  }
  const [requests, benefits] = [await count('requests'), await count('granted_benefits')]
  await database.close()
  return new Map(
    [...requests].map(([cpf, many]) => [cpf, { requests: many, benefits: benefits.get(cpf) ?? 0 }]),
  )
}
