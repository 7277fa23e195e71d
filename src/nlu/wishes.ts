import type { IntentId } from './intents'

/** Part of a sentence that may hold a wish of its own. */
export type Clause = { text: string; denied: boolean }

/**
 * Cuts a folded sentence where a new wish may begin. "não quero simular, quero ver meu pedido" gives a denied
 * clause and one that counts; a sentence that only denies stays whole, since "não quero mais" is itself a wish.
 */
export function clausesOf(folded: string): Clause[] {
  const pieces = folded
    .split(CUTS)
    .map((piece) => piece.trim())
    .filter((piece) => /[a-z]{2}/.test(piece))
  const clauses = pieces.map((text) => ({ text, denied: DENIED.test(text) }))
  const affirmed = clauses.filter((clause) => !clause.denied && /[a-z]{3}/.test(clause.text))
  return affirmed.length === 0 ? [{ text: folded, denied: false }] : clauses
}

/** What is left of a sentence when what it denies is taken out. */
export function wantedOf(text: string, clauses: Clause[]): string {
  const affirmed = clauses.filter((clause) => !clause.denied)
  return affirmed.length === clauses.length ? text : affirmed.map((clause) => clause.text).join(', ')
}

const CUTS =
  /[.;!?\n]+|,(?!\d)|\b(?:mas|e sim|porem|so que|e tambem|e depois|depois quero|alem disso|aproveitando)\b|\be (?=(?:queria|quero|preciso|gostaria|como|quando|quanto|onde|ver|saber|me |tambem|ai |simular|pedir|consultar)\b)/

/** What is said not to be the wish: "não quero simular", "não é por idade", "não o do CNIS". */
const DENIED =
  /^(?:(?:eu|ja disse que|olha) )?(?:nao|num|n) (?:quero (?!(?:mais|continuar)$)|queria |to querendo |estou querendo |preciso |vim |vou |e (?:para |pra |por |o |a |isso|aquilo|emprestimo|pensao|aposentadoria|consignado|extrato|so )|era |o |a |do |da |por |pelo |para |pra |eh )/

/** A clause that says what somebody wants, rather than what happened. */
export function asksForSomething(clause: string): boolean {
  return WISH.test(clause)
}

const WISH =
  /\b(?:quero|queria|gostaria|preciso|precisava|como|quando|quanto|onde|qual|quais|posso|da para|da pra|tem como|ver|saber|simular|pedir|consultar|solicito|requeiro|mostra|me passa|me diz|cancela|cancelar|agendar|marcar|emitir|tirar|mudar|atualizar|falar|volta|voltar|acompanhar|tambem|simula|faz|calcula)\b/

/** Acts that go along with a wish and are not one when there is another. */
export const asides: ReadonlySet<IntentId> = new Set([
  'greeting',
  'goodbye',
  'thanks',
  'yes',
  'no',
  'help_menu',
  'complaint',
  'repeat',
])
