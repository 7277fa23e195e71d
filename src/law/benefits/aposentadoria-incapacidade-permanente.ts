import { addDays, toDayNumber } from '../calendar'
import { entryOn, type Parameters } from '../parameters'
import { type Tempo, tempoOf } from '../tempo'
import type { Centavos, CivilDate, Duration, Sex } from '../types'
import { type BenefitAnswer, Conditions } from './answer'
import { type IncapacityFacts, incapacityStart } from './auxilio-incapacidade-temporaria'
import { type Cause, isFromWork, needsCarencia, requireCarencia } from './carencia'
import { growingShare, limitsOn, part, type Share, shareOn, shareText, whole } from './share'
import { workOn } from './work-record'

export type PermanentIncapacityFacts = Omit<IncapacityFacts, 'incapacityUntil'> & {
  sex: Sex
  /** Contribution time; absent: found in the record. */
  time?: Duration | undefined
  /** Last day of the benefit of temporary incapacity that came before. */
  temporaryUntil?: CivilDate | undefined
  /** The person needs somebody else's help all the time. */
  needsHelp?: boolean | undefined
}

export type PermanentIncapacityAnswer = BenefitAnswer & {
  average: Centavos | null
  /** Share of the average, four decimals; null when the time is not known. */
  coefficient: string | null
  /** Part of `amount` for the help of another person. */
  helpAmount: Centavos
}

const notModelled = ['pericia_medica', 'doenca_anterior_a_filiacao', 'graca_estendida']

// EC 103/2019, art. 26, § 2º: "O valor do benefício de aposentadoria corresponderá a 60% (sessenta por cento) da média
// aritmética [...] com acréscimo de 2 (dois) pontos percentuais para cada ano de contribuição que exceder o tempo de 20
// (vinte) anos de contribuição nos casos: [...] III - de aposentadoria por incapacidade permanente aos segurados do Regime
// Geral de Previdência Social, ressalvado o disposto no inciso II do § 3º deste artigo"; § 3º: "100% (cem por cento) [...]
// II - no caso de aposentadoria por incapacidade permanente, quando decorrer de acidente de trabalho, de doença
// profissional e de doença do trabalho."
/** Right to retirement for permanent incapacity and its amount. @throws LawGap outside coverage */
export function aposentadoriaIncapacidadePermanente(
  parameters: Parameters,
  facts: PermanentIncapacityFacts,
): PermanentIncapacityAnswer {
  const { incapacitySince: since, cause, sex, temporaryUntil } = facts
  const work = workOn(parameters, facts, since, { sex, birthDate: '1900-01-01' })
  const conditions = new Conditions()
  conditions.isTrue('segurado', work.insured, 'Lei 8.213/1991, arts. 15 e 42')
  if (needsCarencia(cause)) requireCarencia(parameters, 'incapacidade-carencia', work, since, conditions)
  if (facts.requestedOn === undefined && temporaryUntil === undefined)
    conditions.missing.push('data_do_pedido')
  const startDate =
    temporaryUntil === undefined ? incapacityStart(parameters, facts) : addDays(temporaryUntil, 1)
  const time = facts.time === undefined ? work.time : tempoOf(facts.time)
  const share = permanentShare(parameters, { sex, cause, time, on: since })
  const { floor, ceiling } = limitsOn(parameters, toDayNumber(since))
  const average = work.average === undefined ? null : Math.min(work.average, ceiling)
  const ofMinimum = facts.category === 'segurado_especial' && average === null
  if (average === null && !ofMinimum) conditions.missing.push('media')
  if (share === undefined && !ofMinimum) conditions.missing.push('tempo')
  const own =
    average !== null && share !== undefined
      ? Math.min(ceiling, Math.max(floor, part(average, share)))
      : ofMinimum
        ? floor
        : null
  const extra = shareOn(parameters, 'incapacidade-permanente-acrescimo', toDayNumber(since))
  const helpAmount = facts.needsHelp === true && own !== null ? part(own, extra) : 0
  return {
    entitled: conditions.verdict,
    conditions: conditions.list,
    missing: conditions.missing,
    startDate,
    amount: own === null ? null : own + helpAmount,
    average,
    coefficient: share === undefined ? null : shareText(share),
    helpAmount,
    source: [
      entryOn(parameters, 'incapacidade-permanente-coeficiente', toDayNumber(since)).source,
      'EC 103/2019, art. 26, § 2º, III',
      ...(helpAmount > 0
        ? [entryOn(parameters, 'incapacidade-permanente-acrescimo', toDayNumber(since)).source]
        : []),
    ],
    assumptions: work.assumptions,
    notModelled,
  }
}

/** Share of the average in permanent incapacity; undefined when it depends on a time not known. @throws LawGap */
export function permanentShare(
  parameters: Parameters,
  facts: { sex: Sex; cause: Cause; time: Tempo | undefined; on: CivilDate },
): Share | undefined {
  const day = toDayNumber(facts.on)
  const { value } = entryOn(parameters, 'incapacidade-permanente-coeficiente', day)
  if (value?.comum !== undefined) return whole
  if (isFromWork(facts.cause))
    return shareOn(parameters, 'incapacidade-permanente-coeficiente', day, 'trabalho')
  return facts.time === undefined ? undefined : growingShare(parameters, facts.sex, facts.time, day)
}
