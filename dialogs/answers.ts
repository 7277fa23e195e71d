import { AppError } from '../src/errors'
import { list } from '../src/format'
import type { Why } from '../src/handoff/ticket'
import { tellsOfDeath } from '../src/nlu/index'
import { type TextKey, t } from '../src/text'
import { fold } from './readings'
import { offersPerson } from './repair/person'
import type { Say } from './service'
import type { Turn } from './turn-context'

/** The service an intent opens, and what the intent itself already tells it. */
export function serviceOf(intent: string): { id: string; facts: object } | undefined {
  return serviceByIntent[intent]
}

const serviceByIntent: Record<string, { id: string; facts: object }> = {
  simulate_retirement: { id: 'simulate-retirement', facts: {} },
  check_payment: { id: 'check-payments', facts: {} },
  payment_missing: { id: 'check-payments', facts: { problem: true } },
  request_retirement_age: { id: 'request-benefit', facts: { kind: 'aposentadoria-idade' } },
  request_retirement_contribution: {
    id: 'request-benefit',
    facts: { kind: 'aposentadoria-tempo-contribuicao' },
  },
  request_maternity_pay: { id: 'request-benefit', facts: { kind: 'salario-maternidade' } },
  check_request_status: { id: 'follow-requests', facts: {} },
  pay_contribution: { id: 'contribution', facts: {} },
  thirteenth_salary: { id: 'thirteenth', facts: {} },
}

/** Answers we can give in a sentence or two. */
const sentences: Record<string, TextKey[]> = {
  greeting: ['menu.welcome'],
  help_menu: ['menu.question'],
  goodbye: ['answers.goodbye'],
  thanks: ['answers.thanks'],
  complaint: ['answers.complaint', 'answers.complaint_where'],
  data_privacy: ['answers.data_privacy'],
  yes: ['answers.nothing_open'],
  no: ['answers.nothing_more'],
  cancel: ['answers.nothing_to_cancel'],
  go_back: ['answers.nothing_open'],
  repeat: ['answers.nothing_open'],
  deadline_question: ['answers.deadlines'],
  login_problem: ['answers.login_problem'],
}

/** Those of them that name the Central 135: where there are people, one is offered. */
const whyPerson: Record<string, Why> = {
  complaint: 'complaint',
  login_problem: 'login_failed',
  data_privacy: 'service_needs_person',
}

/**
 * Services we do not do in the conversation yet, by their id in the INSS's catalogue: we say what they are, what
 * is needed and where they are done.
 */
const catalogue: Record<string, string> = {
  request_sickness_benefit: 'auxilio-incapacidade-temporaria',
  request_survivor_pension: 'pensao-morte',
  request_bpc: 'bpc-idoso',
  request_fisher_insurance: 'seguro-defeso',
  request_family_allowance_or_prison: 'auxilio-reclusao',
  change_payment_bank: 'alterar-pagamento',
  income_tax_statement: 'extrato-ir',
  consigned_loan: 'extrato-emprestimo',
  unauthorized_discount: 'contestar-desconto',
  fulfil_requirement: 'cumprir-exigencia',
  appeal_decision: 'recurso-ordinario',
  cancel_request: 'desistir-aposentadoria',
  contribution_statement: 'extrato-contribuicao',
  correct_records: 'atualizar-vinculos',
  proof_of_life: 'prova-vida',
  benefit_letter: 'carta-concessao',
  verify_document: 'declaracao-beneficiario',
  update_contact: 'atualizar-cadastro',
  schedule_appointment: 'agendar-presencial',
  find_office: 'agendar-presencial',
}

/**
 * What we say to an intent that opens no service; undefined when we have nothing to say to it. When the INSS API does
 * not answer, that is what we say.
 */
export async function answerIntent(intent: string, turn: Turn): Promise<Say[] | undefined> {
  if (intent === 'out_of_scope') return [whoDoesIt(turn.meaning?.text ?? '')]
  const benefit = benefitIn(turn)
  if (benefit !== undefined) turn.benefit = benefit.service
  const askedOf =
    benefit?.intents.includes(intent) === true && /\bdireitos?\b/.test(fold(turn.meaning?.text ?? ''))
  if (intent === 'general_rules_question' || askedOf) return rulesAbout(benefit, turn)
  if (intent === 'documents_needed') return documentsFor(benefit, turn)
  const text = fold(turn.meaning?.text ?? '')
  const prolongs = PROLONGED[intent]?.test(text) === true
  const keys = prolongs ? undefined : sentences[intent]
  if (keys !== undefined) {
    const why = whyPerson[intent]
    if (why !== undefined) offersPerson(turn, why, 'gently')
    return keys.map((key) => t(key))
  }
  const examined = intent === 'schedule_appointment' && /\bperic/.test(text)
  const named = prolongs ? 'prorrogacao-incapacidade' : examined ? 'agendar-pericia' : catalogue[intent]
  if (named === undefined) return undefined
  const id = ofThisPerson(named, text)
  const service = await serviceNamed(id, turn)
  if (service instanceof AppError) return [t(service.textKey as TextKey)]
  turn.context.record({ type: 'service_explained', service: id })
  const here = service.channels.some((channel) => channel === 'meu_inss' || channel === 'telefone_135')
  if (here) offersPerson(turn, 'service_needs_person', 'gently')
  const mourns = id === 'pensao-morte' && tellsOfDeath(text)
  // Without a word of which of the two: who it is for, before the person thinks that it is not for them.
  if (id === 'bpc-idoso' && !OLD.test(text)) return [t('answers.rules_bpc'), t('answers.where')]
  return [
    ...(mourns ? [t('answers.condolence')] : []),
    t('answers.not_here_yet', { service: service.name, what: service.what }),
    ...(prolongs ? [t('answers.prolong_when')] : []),
    ...(service.documents.length === 0
      ? []
      : [t('answers.what_you_need', { documents: list(service.documents) })]),
    t(here ? 'answers.where' : 'answers.labour_ministry'),
  ]
}

/**
 * Who has the benefit and sees its end come asks for more time, not for another benefit, and has fifteen days for it
 * (Decreto 3.048/1999, art. 78). It is paid until the examination (Portaria DIRBEN/INSS 991/2022, art. 389). What was
 * granted by a certificate alone is not prolonged (gov.br/inss, "Atestmed não dá direito a prorrogação", 18/10/2024).
 */
const PROLONGED: Record<string, RegExp> = {
  request_sickness_benefit:
    /\bprorrog\w+|\b(?:auxilio(?:.doenca)?|beneficio|encosto|afastamento)\b(?: \w+){0,5} (?:acab\w+|termin\w+|vence\w*|venc(?:er|eu)|cess\w+|encerr\w+)\b/,
  deadline_question: /\bprorrog\w+/,
}

const OLD = /\bidos[ao]s?\b|\bvelh\w+|\b6[5-9]\b|\b[7-9]\d\b/

/** Lei 8.742/1993, art. 20: the BPC is for who is old, and for a person of any age with a disability. */
function ofThisPerson(service: string, text: string): string {
  const disability =
    /\bdeficien\w+|\bautis\w+|\btea\b|\bdown\b|\bsindrome\b|\bceg[ao]s?\b|\bsurd[ao]s?\b|\bcadeirante|\bcadeira de rodas|\bparali\w+|\bfilh[ao]s?\b|\bfilhinh[ao]|\bcrianca|\bmenin[ao]|\bnet[ao]s?\b|\bdoen\w+|\bmicrocefalia|\bepilep\w+|\besquizofren\w+|\bacamad[ao]|\bamputad[ao]|\bcancer\b/
  return service === 'bpc-idoso' && !OLD.test(text) && disability.test(text) ? 'bpc-pcd' : service
}

/** The INSS's own description of a service, or why there is none. */
async function serviceNamed(id: string, turn: Turn) {
  try {
    return await turn.context.inss.service(id)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    turn.outcome = 'error_inss'
    turn.context.record({ type: 'neighbour_failed', code: error.code })
    return error
  }
}

/** Who has a right to what is about to be asked for, where the person asks that first ("tenho direito a quê?"). */
export function rightsFirst(intent: string, turn: Turn): Say[] {
  const benefit = benefits.find(({ intents }) => intents.includes(intent))
  const asked = /\bdireitos?\b/.test(fold(turn.meaning?.text ?? ''))
  return asked && benefit !== undefined && benefit.rules !== 'answers.general_rules' ? [t(benefit.rules)] : []
}

/** Who has a right to the benefit that is asked about; which one, when that was not said. */
function rulesAbout(benefit: Benefit | undefined, turn: Turn): Say[] {
  if (benefit === undefined) return [t('answers.rules_which')]
  if (benefit.rules === 'answers.general_rules') return [t(benefit.rules)]
  offersPerson(turn, 'service_needs_person', 'gently')
  const askedHere = benefit.intents.every((intent) => catalogue[intent] === undefined)
  if (askedHere || benefit.rules === 'answers.labour_ministry') return [t(benefit.rules)]
  return [t(benefit.rules), t('answers.where')]
}

/** What to bring for the benefit that is asked about. */
async function documentsFor(benefit: Benefit | undefined, turn: Turn): Promise<Say[]> {
  if (benefit === undefined) return [t('answers.documents')]
  const service = await serviceNamed(ofThisPerson(benefit.service, fold(turn.meaning?.text ?? '')), turn)
  if (service instanceof AppError) return [t(service.textKey as TextKey)]
  if (service.documents.length === 0) return [t('answers.documents')]
  return [t('answers.documents_for', { service: service.name, documents: list(service.documents) })]
}

/** The benefit a question is about: by its name or the event it is for, else what was spoken of, or what it resembles. */
function benefitIn({ meaning, benefitBefore }: Turn): Benefit | undefined {
  const text = fold(meaning?.text ?? '')
  const named = benefits.find(({ words }) => words.test(text))
  if (named !== undefined) return named
  const goesOn = meaning?.intent === 'documents_needed' || meaning?.intent === 'general_rules_question'
  const before = goesOn ? benefits.find(({ service }) => service === benefitBefore) : undefined
  if (before !== undefined) return before
  const near = meaning?.nearest.filter(({ confidence }) => confidence >= RESEMBLES) ?? []
  return near.flatMap(({ intent }) => benefits.find(({ intents }) => intents.includes(intent)) ?? [])[0]
}

const RESEMBLES = 0.05

type Benefit = { words: RegExp; intents: string[]; service: string; rules: TextKey }

/** A death, a prison or a birth tells more than the benefit somebody had, so they come first. */
const benefits: Benefit[] = [
  {
    words: /\breclusao\b|\bpres[oa]s?\b|\bprisao\b|\bcadeia\b|salario.familia/,
    intents: ['request_family_allowance_or_prison'],
    service: 'auxilio-reclusao',
    rules: 'answers.rules_prison_family',
  },
  {
    words:
      /pensao por morte|\bpensao d\w+ (?:viuv|falecid)|\bmorreu\b|\bmorte\b|\bfalec\w+|\bviuv[ao]\b|\bobito\b/,
    intents: ['request_survivor_pension'],
    service: 'pensao-morte',
    rules: 'answers.rules_survivor_pension',
  },
  {
    words: /maternidade|\bgravid\w*|\bgestante\b|\bparto\b|\bbebe\b|\bnenem\b|\badot\w+/,
    intents: ['request_maternity_pay'],
    service: 'salario-maternidade',
    rules: 'answers.rules_maternity',
  },
  {
    words:
      /\bbpc\b|\bloas\b|\bbeneficio assistencial\b|\bamparo\b|\bnunca (?:ter )?(?:pag(?:ou|uei|aram|ado|ar)|contribu\w+)\b/,
    intents: ['request_bpc'],
    service: 'bpc-idoso',
    rules: 'answers.rules_bpc',
  },
  {
    words: /\bdefeso\b|\bpescador\w*|\bpesca\b/,
    intents: ['request_fisher_insurance'],
    service: 'seguro-defeso',
    rules: 'answers.labour_ministry',
  },
  {
    words:
      /auxilio.doenca|\bdoente\b|\bdoenca\b|\bencost\w+|\bafastad[oa]\b|\bincapacidade\b|\bpericia\b|\batestado\b/,
    intents: ['request_sickness_benefit'],
    service: 'auxilio-incapacidade-temporaria',
    rules: 'answers.rules_sickness',
  },
  {
    words: /\baposent\w+/,
    intents: ['simulate_retirement', 'request_retirement_age', 'request_retirement_contribution'],
    service: 'aposentadoria-idade',
    rules: 'answers.general_rules',
  },
]

/** What is not the INSS's, with who does it when we know. */
function whoDoesIt(text: string): string {
  const folded = fold(text)
  const subject = elsewhere.find(([words]) => words.test(folded))
  return t(subject?.[1] ?? 'answers.out_of_scope')
}

const elsewhere: [RegExp, TextKey][] = [
  [/\bfgts\b|fundo de garantia/, 'answers.elsewhere_fgts'],
  [
    /bolsa familia|cad ?unico|cadastro unico|cesta basica|aluguel social|vale gas|auxilio gas/,
    'answers.elsewhere_cras',
  ],
  [/seguro.desemprego|\bpis\b|pasep|abono salarial|carteira de trabalho/, 'answers.elsewhere_labour'],
  [/\bcnh\b|habilitacao|detran|ipva|multa/, 'answers.elsewhere_detran'],
  [/imposto de renda|receita federal|\bcpf\b|malha fina/, 'answers.elsewhere_receita'],
  [/pensao aliment/, 'answers.elsewhere_court'],
  [/esocial|e-social/, 'answers.elsewhere_esocial'],
  [/passaporte/, 'answers.elsewhere_police'],
  [/titulo de eleitor|titulo eleitoral/, 'answers.elsewhere_election'],
  [/\brg\b|identidade/, 'answers.elsewhere_identity'],
  [/\bsus\b|remedio|consulta medica|posto de saude/, 'answers.elsewhere_health'],
]
