import { toDayNumber } from '../calendar'
import { entryOn, type Parameters, valueOn } from '../parameters'
import type { Centavos, CivilDate } from '../types'
import { part, shareOn, shareText } from './share'

export type LoanMarginQuestion = {
  on: CivilDate
  kind: 'previdenciario' | 'bpc'
  /** Monthly benefit after income tax and alimony; absent: only the shares. */
  netAmount?: Centavos | undefined
}

export type LoanMargin = {
  /** Shares of the net benefit; a part the law of the day is not known for is left out. */
  margins: { id: string; share: string; amount: Centavos | null }[]
  /** Most monthly instalments; null: not known for that day. */
  termMonths: number | null
  source: string[]
  notModelled: string[]
}

/** How much of a benefit loans may take on a day. @throws LawGap when not even the total is known */
export function margemConsignavel(parameters: Parameters, question: LoanMarginQuestion): LoanMargin {
  const day = toDayNumber(question.on)
  const id = question.kind === 'bpc' ? 'consignado-margem-bpc' : 'consignado-margem'
  const entry = entryOn(parameters, id, day)
  valueOn(parameters, id, day, 'total')
  const margins = Object.keys(entry.value ?? {}).map((key) => {
    const share = shareOn(parameters, id, day, key)
    const amount = question.netAmount === undefined ? null : part(question.netAmount, share)
    return { id: key, share: shareText(share), amount }
  })
  const term = day < firstTermDay(parameters) ? undefined : entryOn(parameters, 'consignado-prazo', day)
  return {
    margins,
    termMonths: term?.value?.value ?? null,
    source: [entry.source, ...(term === undefined ? [] : [term.source])],
    notModelled: ['contratos_em_andamento', 'taxa_de_juros', 'bloqueio_e_biometria'],
  }
}

function firstTermDay({ series }: Parameters): number {
  return series['consignado-prazo'].entries[0]?.startDay ?? Number.POSITIVE_INFINITY
}
