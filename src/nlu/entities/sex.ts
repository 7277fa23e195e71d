import { fold } from '../fold'
import { again, type Reading, sure } from '../reading'
import { answersNothing } from './no-answer'

const WOMAN =
  /\bmulher(?:zinha)?\b|\bmuie\b|\bmuier\b|\bmule\b|\bmulhe\b|\bfeminin[ao]\b|\bfemenin[ao]\b|\bfemea\b|\bfem\b|^f$|\bsenhora\b|\bdona\b|\bmoca\b|\bmenina\b|\bmae\b|\besposa\b|\bgarota\b|\bvovo\b|\bsra\b|\bela\b|\bviuva\b|👩|👵|♀/u
const MAN =
  /\bhome[mn]?\b|\bomem\b|\bomi\b|\bmasculin[ao]\b|\bmacho\b|\bmasc\b|^m$|\bsenhor\b|\bsinho\b|\brapaz\b|\bmenino\b|\bpai\b|\bmarido\b|\bcabra\b|\bgaroto\b|\bvarao\b|\bhomi\b|\bsr\b|\bele\b|\bviuvo\b|👨|👴|♂/u

/** The sex in the person's documents, which is what the law asks about. */
export function readSex(text: string): Reading<'F' | 'M'> {
  const said = fold(text).replace(/\bcabra macho sim sinho\b/, 'macho')
  const woman = WOMAN.test(said)
  const man = MAN.test(said)
  if (woman && man) return /\bnao sou (?:homem|mulher)\b/.test(said) ? denied(said) : again('two_answers')
  if (/\bnao sou\b|\bnao e\b/.test(said)) return denied(said)
  if (woman) return sure('F')
  if (man) return sure('M')
  if (/\bos dois\b|\bambos\b|\bas duas\b/.test(said)) return again('two_answers')
  return again(answersNothing(said) ?? 'nothing_found')
}

function denied(said: string): Reading<'F' | 'M'> {
  if (/\bnao (?:sou|e) (?:homem|macho)\b/.test(said)) return sure('F')
  if (/\bnao (?:sou|e) mulher\b/.test(said)) return sure('M')
  return again('nothing_found')
}
