/** What a person can be told about without asking, each with a yes of its own. */
export const subjects = ['pagamento', 'pedido', 'documento', 'agendamento'] as const
export type Subject = (typeof subjects)[number]
