import { list } from '../src/format'
import { type TextKey, t } from '../src/text'
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
  no: ['answers.nothing_open'],
  cancel: ['answers.nothing_to_cancel'],
  go_back: ['answers.nothing_open'],
  repeat: ['answers.nothing_open'],
  out_of_scope: ['answers.out_of_scope'],
  general_rules_question: ['answers.general_rules'],
  documents_needed: ['answers.documents'],
  deadline_question: ['answers.deadlines'],
  login_problem: ['answers.login_problem'],
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
  thirteenth_salary: 'extrato-pagamento',
  fulfil_requirement: 'cumprir-exigencia',
  appeal_decision: 'recurso-ordinario',
  cancel_request: 'desistir-aposentadoria',
  contribution_statement: 'extrato-contribuicao',
  correct_records: 'atualizar-vinculos',
  pay_contribution: 'guia-pagamento',
  proof_of_life: 'prova-vida',
  benefit_letter: 'carta-concessao',
  verify_document: 'declaracao-beneficiario',
  update_contact: 'atualizar-cadastro',
  schedule_appointment: 'agendar-presencial',
  find_office: 'agendar-presencial',
}

/** What we say to an intent that opens no service; undefined when we have nothing to say to it. */
export async function answerIntent(intent: string, turn: Turn): Promise<Say[] | undefined> {
  const keys = sentences[intent]
  if (keys !== undefined) return keys.map((key) => t(key))
  const id = catalogue[intent]
  if (id === undefined) return undefined
  const service = await turn.context.inss.service(id)
  turn.context.record({ type: 'service_explained', service: id })
  const here = service.channels.some((channel) => channel === 'meu_inss' || channel === 'telefone_135')
  return [
    t('answers.not_here_yet', { service: service.name, what: service.what }),
    ...(service.documents.length === 0
      ? []
      : [t('answers.what_you_need', { documents: list(service.documents) })]),
    here || service.note == null ? t('answers.where') : t('answers.elsewhere', { note: service.note }),
  ]
}
