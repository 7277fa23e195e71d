/**
 * What a CNIS indicator does to the period it stands on.
 * `pending`: nothing counts until solved; `below_minimum`: only months below the minimum wage do not count;
 * `conditional`: counts for some rights only; `counts` and `informative`: takes nothing away.
 * Read from IN 128/2022 and the extract's own legend; INSS publishes no list of effects.
 */
export type IndicatorEffect = 'pending' | 'below_minimum' | 'conditional' | 'counts' | 'informative'

const effects: Record<string, IndicatorEffect> = {
  'PREC-MENOR-MIN': 'below_minimum',
  'PSC-MEN-SM-EC103': 'below_minimum',
  'PDESFAZ-AJ-EC103': 'below_minimum',
  'PREM-BLOQ-EC103': 'below_minimum',
  'PREM-EXT': 'pending',
  PEXT: 'pending',
  'PREM-FVIN': 'informative',
  'PADM-EMPR': 'pending',
  'PEMP-CAD': 'pending',
  'IREC-INDPEND': 'informative',
  'IREM-INDPEND': 'informative',
  'IREM-ACD': 'counts',
  'IREC-MEI': 'conditional',
  IMEI: 'conditional',
  'IREC-LC123': 'conditional',
  ILEI123: 'conditional',
  'IREC-LC123-SUP': 'conditional',
  'IREC-FACULTAT': 'counts',
  'IREC-FBR': 'conditional',
  'IREC-CIRURAL': 'pending',
  'AEXT-VI': 'pending',
  'AEXT-VT': 'counts',
  'AEXT-VP': 'counts',
  ACNISVR: 'counts',
  'AVRC-DEF': 'counts',
  'PVIN-IRREG': 'pending',
  'PVIN-REC-PROC-TRAB': 'pending',
  'PREM-EMPR': 'pending',
  'PREM-RET': 'pending',
  'PREC-FACULTCONC': 'pending',
  PRECFACULTCONC: 'pending',
  'PREC-FBR': 'pending',
  'PREC-FBR-ANT': 'pending',
  'PREC-LC123-ANT': 'pending',
  'PREC-CSE': 'pending',
  'PREC-PMIG-DOM': 'pending',
  'PREC-COD1821': 'pending',
  PRPPS: 'pending',
  'PVR-CNISVR': 'pending',
  IEAN: 'informative',
  'IEAN-15': 'informative',
  'IEAN-20': 'informative',
  'IEAN-25': 'informative',
  GFIP: 'informative',
  IRECOL: 'informative',
  'IVIN-JORN-DIFERENCIADA': 'informative',
  'IGFIP-INF': 'informative',
}

/** A confirmed late employment counts although it also carries the late mark. */
const settledBy: Record<string, string[]> = { PEXT: ['AEXT-VT'], 'PREM-EXT': ['AEXT-VT'] }

/** Effect of an indicator; undefined for a code not known here, which is shown and left to confirm. */
export function indicatorEffect(code: string): IndicatorEffect | undefined {
  return effects[code.trim().toUpperCase()]
}

/** Indicators of a period that keep all of it from counting. */
export function pendingIndicators(indicators: string[]): string[] {
  const codes = indicators.map((code) => code.trim().toUpperCase())
  return indicators.filter((code, index) => {
    if (indicatorEffect(code) !== 'pending') return false
    return !(settledBy[codes[index] ?? ''] ?? []).some((settled) => codes.includes(settled))
  })
}

/** Every indicator with its effect, for those who explain a record. */
export const knownIndicators: Readonly<Record<string, IndicatorEffect>> = effects
