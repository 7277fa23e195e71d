import { again, confirm, type Reading, sure } from '../reading'
import { answerText, mended } from './answer'
import { answersNothing } from './no-answer'

const YES_SIGNS = /👍|✅|👌|🆗|✔|☑|🙏|🙌|💯|🤝/u
const NO_SIGNS = /👎|❌|🚫|✖|⛔|🙅/u

/** Alternatives written one a line are joined into one pattern of whole words. */
const anyOf = (...alternatives: string[]) => new RegExp(`\\b(?:${alternatives.join('|')})\\b`)

/** Said to agree although a "não" is in it. Read before single words are. */
const agreesAnyway = anyOf(
  'por ?que nao',
  '(?:nao tem|sem|nao ha|nao vejo) (?:nenhum )?problemas?',
  'nao me importo',
  'nao vejo por ?que nao',
  'nao e que (?:e|eh)',
  '(?:nao tenho|sem|nao ha|nao tem) (?:nenhuma )?duvidas?',
  'nao (?:discordo|nego|minto|duvido|posso negar|vou negar|e mentira|e impossivel)',
  'nem precisa(?:va)? perguntar',
  'so se for agora',
)
/** Said to refuse although a word of agreement is in it. */
const refusesAnyway = anyOf(
  '(?:claro|logico|obvio|certeza|logicamente|acho|creio|acredito|penso|parece|espero) que (?:n|nao|num)',
  'com certeza nao',
  'deus me (?:livre|defenda)',
  'cruz credo',
  'nem (?:pensar|a pau|morta?|que|por|ferrando|fodendo|a|em|vem|sonhando|de longe|vendo)',
  '(?:de )?jeito (?:nenhum|maneira|algum)',
  'de (?:forma|maneira) (?:alguma|nenhuma)',
  '(?:em|de) hipotese (?:alguma|nenhuma)',
  'que nada',
  'sai (?:fora|pra la)',
  't[oa] fora',
  'passo longe',
  '(?:ta|ce ta|voce ta) (?:doid|louc|malu[ck])[oa]',
  '(?:ta|esta) (?:tudo |bem )?errad[oa]',
  '(?:e|eh) (?:tudo )?mentira',
  'mentira',
  'sem (?:interesse|chance|condicoes)',
  'deixa (?:quieto|pra la|queto)',
  'n(?:a|ao)?na(?:ni)+n\\w*nao',
  'nananinanao',
  'nanao',
  '(?:nada|nao) (?:disso|esta cert|ta cert|e isso|confere|concordo|aceito|precisa|quero|pode|mesmo)\\w*',
)
const surelyYes = anyOf(
  '(?:acho|creio|acredito|penso|parece|espero|claro|logico|obvio) que (?:sim|e|eh|pode|quero|da)',
)

const UNSURE = new RegExp(
  `${
    anyOf(
      'talvez',
      'tlvz',
      'depende',
      'quem sabe',
      'mais ou menos',
      'tanto faz',
      'pode ser que',
      'nao tenho certeza',
      'vou (?:ver|pensar)',
      'deixa eu (?:ver|pensar)',
      'ainda nao sei',
      'depois (?:eu )?(?:vejo|digo|falo|penso)',
      'mais tarde',
      'na duvida',
      'as vezes',
      'de vez em quando',
      'nem sempre',
      'so (?:quando|as vezes|se(?! for agora))',
      'se deus quiser',
      'um pouco',
    ).source
  }|^(?:eu )?acho$|^depois$`,
)

const YES_WORDS = anyOf(
  's+i+m+',
  'sin',
  's+i+',
  'ss+',
  'iss[ou]',
  'issae',
  'claro',
  'certeza',
  'ctz',
  'cert(?:o|a|inho|in|issimo)',
  'corret(?:o|a|issimo)',
  'exat\\w+',
  'perfeit\\w+',
  'positivo',
  'afirmativo',
  'confirm\\w+',
  'confere',
  'concord\\w+',
  'aceit\\w+',
  'de acordo',
  'pod[ei]',
  'podi?s',
  'podem(?:os)?',
  '[qk]uero',
  '[qk]e?ro',
  'bora',
  'vamos?',
  'simbora',
  'partiu',
  'fech(?:ou|ado)',
  'combinado',
  'feito',
  'blz',
  'beleza',
  'bele',
  'joia',
  'show',
  'top',
  'massa',
  'legal',
  'firme(?:za)?',
  'suave',
  'tranquilo',
  'de boa',
  'd[ei]morou?',
  'ja e',
  'verdade',
  't[ao]',
  'tah',
  'tudo (?:bem|certo|ok)',
  'esta bom',
  'continu\\w+',
  'pross[ei]g\\w+',
  'segu[ei]r?',
  'manda',
  'faz',
  'faca',
  'tenho',
  'sou',
  'foi',
  'fui',
  'ja',
  'logico',
  'obvio',
  '(?:obvia|logica|natural|certa|evidente)mente',
  'evidente',
  'assino embaixo',
  'vai',
  'nois',
  'arretado',
  'na hora',
  'com gosto',
  'bao',
  'ue',
  'com prazer',
  'mesmo',
  'mermo',
  'memo',
  'autorizo',
  'por favor',
  'estou',
  'trabalho',
  'trabalhando',
  'contribuo',
  'pag(?:o|ando)',
  'recebo',
  'consigo',
  'posso',
  'moro',
  'preciso',
  'gostaria',
  'queria',
  'deve ser',
  'deve',
  'ainda',
  'oxe(?:nte)?',
  'uai',
  'opa',
  'pois e',
  'pois',
  'otimo',
  'maravilha',
  'excelente',
  'yes',
  'yep',
  'amem',
)
const YES_ALONE =
  /^(?:s|y|ok+|oka?y|oke?y|oki|oukey|e|eh|he|e sim|e ue|e claro|a|aa|ah+ ?ta|bom|si|sii+|an?ha[mn]|a?ham+|ahan|a[rn]*r?a[mn]?|aran|anra|arra[mn]|unrum|hunrum|hum ?h?rum|u?h?um ?hum|uhu[mn]?)$/
const NO_WORDS = new RegExp(
  `${
    anyOf(
      'n+a+o+',
      'no+a',
      'naum',
      'num',
      'numqu?e?ro',
      'n',
      'no+ps?',
      'nope',
      'nunca',
      'nunquinha',
      'jamais',
      'negativo',
      'nec(?:a|as)',
      'nem',
      'nad(?:a|ica|inha)',
      'errad[oa]',
      'incorret[oa]',
      'discordo',
      'recuso',
      'dispenso',
      'negado',
      'parei',
      'parou',
      'errou',
      'never',
      'jame',
    ).source
  }|^n+$|^no$|^cancel(?:a|ar|e)$|^desist[oi]$|^cancel(?:a|ar|e)$|^desist[oi]$`,
)

/** Another wish told in words that also agree: "quero ver meu pagamento", "pode repetir". */
const WISH =
  /\b(?:(?:[qk]uero|[qk]ro|queria|gostaria de|preciso|vamos?|pod[ei]|posso) (?:me |te |de |so )?(?:[a-z]+[aei]r|uma?|o|a|meu|minha|encostar)\b)|\brepet\w+|\bde novo\b/
/** What is wished is only to go on. */
const GOES_ON =
  /\b(?:ver|saber|fazer|continuar|tentar|seguir|mandar|ser|prosseguir|confirmar|enviar|comecar|ir)\b(?: (?:isso|sim|entao|agora|moca|moco|por favor))*$/

/** Yes (true) or no (false), as people say it: "aham", "isso mermo", "quero não", "sim, não" (again). */
export function readYesNo(text: string): Reading<boolean> {
  const yesSign = YES_SIGNS.test(text)
  const noSign = NO_SIGNS.test(text)
  const folded = answerText(text)
  if (yesSign !== noSign && !/[a-z]{2}/.test(folded)) return sure(yesSign)
  return mended(folded, readOnce)
}

function readOnce(folded: string): Reading<boolean> {
  const said = folded
    .replace(/([a-z])\1{2,}/g, '$1')
    .replace(/~/g, '')
    .replace(/[^a-z0-9? ]+/g, ' ')
    .replace(/\bn ao\b/g, 'nao')
    .replace(
      /\b(?:ne|viu|moc[ao]|senhora?|sinho|obrigad[oa]|por gentileza|pf[av]r?|pfvr|visse|tche|so(?=$))\b/g,
      ' ',
    )
    .replace(/\s+/g, ' ')
    .trim()
  if (said === '' || said.split(' ').length > 14) return again('nothing_found')
  if (/^(?:bem )?capaz\b(?! (?:de|que sim))/.test(said)) return confirm(false, 'regional_word')
  if (agreesAnyway.test(said)) return sure(true)
  const refused = refusesAnyway.test(said)
  const nothing = answersNothing(said)
  if (nothing === 'wants_explanation' || (nothing === 'does_not_know' && !refused)) return again(nothing)
  if (UNSURE.test(said)) return again('unsure')
  if (saysBoth(said, folded)) return again('two_answers')
  if (surelyYes.test(said)) return sure(true)
  if (refused || NO_WORDS.test(said)) return sure(false)
  if (YES_ALONE.test(said)) return sure(true)
  if (said.endsWith('?')) return again('wants_explanation')
  const wishes = /^s+i+m+\b/.test(said) ? null : WISH.exec(said)
  if (wishes !== null && !GOES_ON.test(said)) return again('nothing_found')
  if (/\bsou (?:uma? )?(?:mulher|homem)\b/.test(said)) return again('nothing_found')
  return YES_WORDS.test(said) ? sure(true) : again('nothing_found')
}

/** "Sim e não", "nem sim nem não", "não, tá certo", "sim, mas o nome está errado". */
function saysBoth(said: string, folded: string): boolean {
  return (
    /\bs+i+m+\b (?:e |mas |ou |nem )?(?:nao|n)\b|\b(?:nao|n) (?:e |mas |ou )?s+i+m+\b/.test(said) ||
    /^nao *[,;.] *(?:e |ta |esta )+(?:tudo )?(?:certo|correto|isso mesmo)/.test(folded) ||
    /\bs+i+m+\b.*\bmas\b.*\b(?:nao|errad[oa])\b/.test(said)
  )
}
