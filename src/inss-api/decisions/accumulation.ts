import type { Benefit } from '../sources/record-source'
import type { LegalBasis, Why } from './finding'

const retirements = ['07', '08', '32', '41', '42', '46', '57', '92']
const assistance = ['87', '88']
const sickness = ['31', '91']
const accident = ['36', '94']
const pensions = ['21', '93']

/** A benefit the citizen already has that stands in the way of another, and what it does to the decision. */
export type Clash = { refusal?: Why; obstacle?: Why; basis: LegalBasis }

/** What the benefits in force mean for a new retirement (Lei 8.213/1991, art. 124, and others). */
export function clashesWithRetirement(benefits: readonly Benefit[]): Clash[] {
  return inForce(benefits).flatMap((benefit): Clash[] => {
    const called = `o benefício ${benefit.number} (${benefit.species.name})`
    if (retirements.includes(benefit.species.code)) {
      const text = `Você já recebe ${called}. A lei não permite receber duas aposentadorias do INSS.`
      return [
        {
          refusal: { code: 'already_retired', text },
          basis: law124('II', 'Não se acumula mais de uma aposentadoria.'),
        },
      ]
    }
    if (sickness.includes(benefit.species.code)) {
      const text = `Você recebe ${called}. Ele termina quando a aposentadoria começa, e um servidor precisa fazer o acerto.`
      return [
        {
          obstacle: { code: 'receives_sickness_benefit', text },
          basis: law124('I', 'Não se acumula aposentadoria com auxílio por incapacidade.'),
        },
      ]
    }
    if (accident.includes(benefit.species.code)) {
      const text = `Você recebe ${called}. Ele termina quando a aposentadoria começa e entra no cálculo dela.`
      return [
        {
          obstacle: { code: 'receives_accident_benefit', text },
          basis: {
            source: 'Lei 8.213/1991, art. 86, § 2º',
            text: 'O auxílio-acidente não se acumula com aposentadoria.',
          },
        },
      ]
    }
    if (assistance.includes(benefit.species.code)) {
      const text = `Você recebe ${called}. Para ter a aposentadoria é preciso encerrar o BPC, e um servidor confirma isso com você.`
      return [
        {
          obstacle: { code: 'receives_bpc', text },
          basis: {
            source: 'Lei 8.742/1993, art. 20, § 4º',
            text: 'O BPC não se acumula com outro benefício da seguridade.',
          },
        },
      ]
    }
    if (pensions.includes(benefit.species.code)) {
      const text = `Você recebe ${called}. Pode receber os dois, mas o de menor valor é reduzido, e um servidor faz essa conta.`
      return [
        {
          obstacle: { code: 'receives_pension', text },
          basis: {
            source: 'EC 103/2019, art. 24',
            text: 'Pensão e aposentadoria juntas: o maior inteiro e parte do menor.',
          },
        },
      ]
    }
    return []
  })
}

/** What the benefits in force mean for a new salario-maternidade. */
export function clashesWithMaternity(benefits: readonly Benefit[]): Clash[] {
  return inForce(benefits).flatMap((benefit): Clash[] => {
    if (sickness.includes(benefit.species.code)) {
      const text = `Você recebe o benefício ${benefit.number} (${benefit.species.name}). Ele para enquanto durar o salário-maternidade, e um servidor faz a troca.`
      return [
        {
          obstacle: { code: 'receives_sickness_benefit', text },
          basis: law124('IV', 'Não se acumula salário-maternidade com auxílio por incapacidade.'),
        },
      ]
    }
    if (assistance.includes(benefit.species.code)) {
      const text = `Você recebe o benefício ${benefit.number} (${benefit.species.name}), que não pode ser recebido junto. Um servidor confirma a escolha com você.`
      return [
        {
          obstacle: { code: 'receives_bpc', text },
          basis: {
            source: 'Lei 8.742/1993, art. 20, § 4º',
            text: 'O BPC não se acumula com outro benefício da seguridade.',
          },
        },
      ]
    }
    return []
  })
}

function law124(item: string, text: string): LegalBasis {
  return { source: `Lei 8.213/1991, art. 124, ${item}`, text }
}

function inForce(benefits: readonly Benefit[]): Benefit[] {
  return benefits.filter((benefit) => benefit.status !== 'ceased')
}
