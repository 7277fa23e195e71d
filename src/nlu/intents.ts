/** Everything a citizen may want, by id; `locales/pt-BR/phrases/<id>.txt` says it in their words. */
export const intentIds = [
  // Dialogue acts.
  'greeting',
  'goodbye',
  'thanks',
  'help_menu',
  'human_agent',
  'cancel',
  'go_back',
  'repeat',
  'yes',
  'no',
  'complaint',
  'data_privacy',
  'crisis',
  // Services.
  'simulate_retirement',
  'request_retirement_age',
  'request_retirement_contribution',
  'request_maternity_pay',
  'request_sickness_benefit',
  'request_survivor_pension',
  'request_bpc',
  'request_fisher_insurance',
  'request_family_allowance_or_prison',
  'check_payment',
  'payment_missing',
  'change_payment_bank',
  'income_tax_statement',
  'consigned_loan',
  'unauthorized_discount',
  'thirteenth_salary',
  'check_request_status',
  'fulfil_requirement',
  'appeal_decision',
  'cancel_request',
  'contribution_statement',
  'correct_records',
  'pay_contribution',
  'proof_of_life',
  'benefit_letter',
  'verify_document',
  'update_contact',
  'schedule_appointment',
  'find_office',
  'login_problem',
  // Questions.
  'documents_needed',
  'deadline_question',
  'general_rules_question',
  // Not ours.
  'out_of_scope',
] as const

export type IntentId = (typeof intentIds)[number]

export function isIntentId(id: string): id is IntentId {
  return (intentIds as readonly string[]).includes(id)
}
