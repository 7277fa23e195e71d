import type { Indicator } from './citizen'

/**
 * The marks of the contribution record used by the synthetic citizens: what each says and how it is solved.
 * Source: legend of the CNIS extract; effects read from IN PRES/INSS 128/2022, arts. 206 to 216.
 */
export const indicators = {
  PEXT: {
    meaning: 'O empregador informou este emprego fora do prazo.',
    effect: 'pending',
    howToSolve: 'Mostre a carteira de trabalho, a ficha de registro, os contracheques ou o extrato do FGTS.',
  },
  'PREM-EXT': {
    meaning: 'O salário deste mês foi informado fora do prazo.',
    effect: 'pending',
    howToSolve: 'Mostre o contracheque ou a ficha financeira do mês.',
  },
  'PREM-FVIN': {
    meaning: 'Há salário depois da data de saída deste emprego.',
    effect: 'pending',
    howToSolve: 'Mostre o termo de rescisão ou a baixa na carteira de trabalho.',
  },
  'PREC-MENOR-MIN': {
    meaning: 'O valor pago neste mês ficou abaixo do salário mínimo.',
    effect: 'pending',
    howToSolve: 'Complete o valor do mês, use a sobra de outro mês ou junte meses do mesmo ano.',
  },
  'PSC-MEN-SM-EC103': {
    meaning: 'A soma do mês ficou abaixo do salário mínimo.',
    effect: 'pending',
    howToSolve: 'Peça o serviço "Ajustes para Alcance do Salário Mínimo – Emenda Constitucional 103/2019".',
  },
  'PREC-FBR': {
    meaning: 'Contribuição de facultativo de baixa renda ainda não validada.',
    effect: 'pending',
    howToSolve: 'Atualize o CadÚnico e peça "Validar Contribuição de Facultativo Baixa Renda".',
  },
  'IREC-MEI': {
    meaning: 'Contribuição de microempreendedor individual (5% do salário mínimo).',
    effect: 'conditional',
    howToSolve: 'Conta para a idade. Para contar no tempo de contribuição, pague a diferença de 15%.',
  },
  'IREC-LC123': {
    meaning: 'Contribuição no plano simplificado (11% do salário mínimo).',
    effect: 'conditional',
    howToSolve: 'Conta para a idade. Para contar no tempo de contribuição, pague a diferença de 9%.',
  },
  'IREC-FBR': {
    meaning: 'Contribuição de facultativo de baixa renda, já validada (5% do salário mínimo).',
    effect: 'conditional',
    howToSolve: 'Conta para a idade. Para contar no tempo de contribuição, pague a diferença de 15%.',
  },
  IEAN: {
    meaning: 'A empresa informou trabalho com agente nocivo à saúde.',
    effect: 'informative',
    howToSolve: 'Peça o PPP à empresa: só ele prova o tempo especial.',
  },
  ACNISVR: {
    meaning: 'O INSS já acertou este emprego.',
    effect: 'counts',
    howToSolve: null,
  },
} as const satisfies Record<string, Omit<Indicator, 'code'>>

export type IndicatorCode = keyof typeof indicators

export const indicatorCodes = Object.keys(indicators) as [IndicatorCode, ...IndicatorCode[]]

/** The indicator as the record shows it. */
export function indicator(code: IndicatorCode): Indicator {
  return { code, ...indicators[code] }
}
