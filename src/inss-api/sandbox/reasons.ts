import type { Reason } from './citizen'

/** Why a payment or a benefit stopped: words for the citizen, and the next step. */
export const reasons = {
  prova_de_vida: {
    text: 'A prova de vida não foi confirmada no prazo.',
    nextStep:
      'Faça a prova de vida pelo aplicativo Meu INSS, com o reconhecimento facial, ou vá ao banco com documento com foto. Depois o pagamento volta, com os meses atrasados.',
  },
  conta_encerrada: {
    text: 'O banco devolveu o dinheiro porque a conta está encerrada.',
    nextStep:
      'Informe outra conta no Meu INSS, em "Alterar Local ou Forma de Pagamento". Depois peça "Solicitar Emissão de Pagamento não Recebido".',
  },
  sem_saque: {
    text: 'O dinheiro voltou ao INSS porque não foi sacado em 60 dias.',
    nextStep: 'Peça no Meu INSS "Solicitar Emissão de Pagamento não Recebido", ou ligue 135.',
  },
  cadunico_desatualizado: {
    text: 'O Cadastro Único da família está desatualizado há mais de dois anos.',
    nextStep:
      'Atualize o Cadastro Único no CRAS do seu município, com os documentos de todos da casa. Depois peça o desbloqueio no Meu INSS ou pelo 135.',
  },
  fim_do_prazo: {
    text: 'O benefício chegou à data marcada para terminar.',
    nextStep: 'Se você ainda não pode trabalhar, faça um novo pedido no Meu INSS ou pelo 135.',
  },
  licenca_terminada: {
    text: 'Os 120 dias do salário-maternidade terminaram.',
    nextStep: 'Não é preciso fazer nada.',
  },
} as const satisfies Record<string, Omit<Reason, 'code'>>

export type ReasonCode = keyof typeof reasons

export const reasonCodes = Object.keys(reasons) as [ReasonCode, ...ReasonCode[]]

/** The reason as the benefit or the payment shows it. */
export function reason(code: ReasonCode): Reason {
  return { code, ...reasons[code] }
}

/** The kinds of benefit of the synthetic citizens, by the number of the species. */
export const species = {
  '21': { name: 'Pensão por morte previdenciária', thirteenth: true, loanPercent: 35 },
  '31': { name: 'Auxílio por incapacidade temporária', thirteenth: true, loanPercent: 0 },
  '41': { name: 'Aposentadoria por idade', thirteenth: true, loanPercent: 35 },
  '42': { name: 'Aposentadoria por tempo de contribuição', thirteenth: true, loanPercent: 35 },
  '80': { name: 'Salário-maternidade', thirteenth: true, loanPercent: 0 },
  '87': { name: 'Benefício assistencial à pessoa com deficiência (BPC)', thirteenth: false, loanPercent: 30 },
  '88': { name: 'Benefício assistencial à pessoa idosa (BPC)', thirteenth: false, loanPercent: 30 },
  '32': { name: 'Aposentadoria por incapacidade permanente', thirteenth: true, loanPercent: 35 },
} as const

export type SpeciesCode = keyof typeof species
export const speciesCodes = Object.keys(species) as [SpeciesCode, ...SpeciesCode[]]
