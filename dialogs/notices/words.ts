import { findCode } from '../../src/notices/code'
import { fold } from '../readings'

/** What somebody wants with notices, or the message they want checked; undefined when it is neither. */
export function noticesByWords(text: string): { service: string; facts: object } | undefined {
  const folded = fold(text)
  const code = findCode(text)
  if (asksWhetherOurs(folded) || (code !== undefined && /\bcodigo\b|\baviso\b|\bmensagem\b/.test(folded))) {
    return { service: 'check-message', facts: code === undefined ? {} : { code } }
  }
  if (code !== undefined && folded.length <= 12) return { service: 'check-message', facts: { code } }
  const wish = wishOf(folded)
  return wish === undefined ? undefined : { service: 'notices', facts: { wish } }
}

export type Wish = 'offer' | 'start' | 'stop' | 'list'

/** "Essa mensagem é de vocês?", "recebi um sms, é golpe?", "esse aviso é verdadeiro?" */
function asksWhetherOurs(folded: string): boolean {
  const message = /\b(mensage(m|ns)|msg|aviso|sms|torpedo|whats\w*|zap)\b/
  const doubt =
    /\b(de voces|d[eo] inss mesmo|e do inss|e voces|golpe|fraude|fals[oa]|de verdade|verdadeir[oa]|confiavel|oficial)\b/
  const told = /\b(essa|esse|esta|este|uma?|recebi|chegou|veio|mandaram)\b/
  return message.test(folded) && doubt.test(folded) && told.test(folded)
}

function wishOf(folded: string): Exclude<Wish, 'offer'> | undefined {
  if (/\baviso previo\b/.test(folded)) return undefined
  const notices = /\b(avisos?|notificac(ao|oes)|lembretes?)\b/.test(folded)
  const tellMe = /\b(me|nos) avis(a|e|em|ar|ando)\b|\bavis(a|e|ar)[- ]me\b/.test(folded)
  if (!notices && !tellMe) return undefined
  if (
    /\b(para|pare|parem|parar|cancel\w*|desativ\w*|deslig\w*|tir(a|e|ar)|nao quero|nao mand\w*|chega)\b/.test(
      folded,
    )
  ) {
    // "Para me avisar": the preposition, not the order.
    if (!/\bpara (me|nos) avis/.test(folded)) return 'stop'
  }
  if (/\b(quais|meus avisos|que avisos|ver (os |meus )?avisos|recebo)\b/.test(folded)) return 'list'
  if (
    tellMe ||
    /\b(quero|queria|gostaria|receber|ativ\w*|lig(a|ar|ue)|pode|ter|mand\w*|escolher)\b/.test(folded)
  )
    return 'start'
  return /^(os )?avisos?\W*$/.test(folded) ? 'start' : undefined
}
