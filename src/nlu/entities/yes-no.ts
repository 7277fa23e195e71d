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
  '(?:nao tenho|sem|nao ha|nao tem) (?:nenhuma |sombra de )?duvidas?',
  // Two that deny agree: "não recuso", "não acho ruim", "nada contra".
  '(?:nao|nunca) (?:(?:me|estou|to|vou|posso|quero|e|seria|acho|nada) ){0,3}(?:neg(?:o|ar|ando)|recus(?:o|ar|ando)|discord(?:o|ar|ando)|minto|duvid(?:o|ar|ando)|op(?:onho|or)|ruim|mal|ma ideia|mentira|impossivel|contra)',
  '(?:nada|tenho nada) contra',
  'sem objec(?:ao|oes)',
  'nem precisa(?:va)? perguntar',
  'nao deixa de (?:ser|estar|ter)',
  '(?:nao|nunca|jamais) (?:(?:vou|posso|quis|tenho como|tem como|da pra) )?(?:dizer|falar|digo|falo|disse|falei) que nao',
  '(?:nao|nunca) (?:tem|ha|vejo|achei|encontrei) (?:nada (?:de )?|nenhum )?(?:errad[oa]|erros?|engano)',
  'nada (?:de |esta |ta )?errad[oa]',
  'nao esta errad[oa]',
  '(?:da|deixa|deixe|xa|pode deixar) comigo',
  'so se for agora',
)
/** Said to refuse although a word of agreement is in it. */
const refusesAnyway = anyOf(
  '(?:claro|logico|obvio|certeza|sei|saiba|logicamente|acho|creio|acredito|penso|parece|espero) que (?:n|nao|num)',
  'com certeza nao',
  'deus me (?:livre|defenda)',
  '(?:cruz )?credo',
  'deus (?:e|eh) mais',
  'ja era',
  '(?:antes|quem me) (?:fosse|dera)',
  'quem dera',
  'bem que (?:eu )?queria',
  '^(?:eu )?passo$',
  '^nenhuma?(?: del[ae]s| vez)?$',
  'vote',
  'esquece',
  'nem (?:pensar|a pau|morta?|que|por|ferrando|fodendo|a|em|vem|sonhando|de longe|vendo)',
  '(?:de )?(?:jeito|modo) (?:nenhum|maneira|algum)',
  'de (?:forma|maneira) (?:alguma|nenhuma)',
  '(?:em|de) hipotese (?:alguma|nenhuma)',
  'que nada',
  'sai (?:fora|pra la)',
  't[oa] fora',
  '(?:(?:e|eh) |^)ruim(?= |$)',
  '(?:i)?magina',
  'passo longe',
  'ta (?:amarrado|repreendido)',
  '(?:ta|ce ta|voce ta) (?:doid|lou?c|malu[ck])[oa]',
  '(?:ta|esta) (?:tudo |bem )?(?:errad|trocad|diferente|faltando|incomplet)\\w*',
  '(?:e|eh) (?:tudo )?mentira',
  'mentira',
  'sem (?:interesse|chances?|condicao|condicoes)',
  'deixa (?:quieto|pra la|queto)',
  'n(?:a|ao)?n[ai](?:ni)*n\\w*nao',
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
      'vai saber',
      'em duvida',
      '(?:to|estou|vou) (?:ainda )?(?:vendo|pensando|decidindo|na duvida)',
      'confus[oa]',
      'em parte',
      'ate certo ponto',
      'ora sim',
      'vai que(?! vai)',
      '(?:tenho|estou com|to com|com) (?:uma? )?duvidas?',
      'quase',
      'tomara',
      'possivelmente',
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
  }|^(?:eu )?acho$|^depois$|^oxe(?:nte)?$|^(?:sim )?se (?:for|nao|der|tiver|puder|precisar|fosse)\\b`,
)

const YES_WORDS = anyOf(
  '[sx]+i+m+',
  'sin',
  's+i+',
  'ss+',
  'iss[ou](?:mesmo)?',
  'issa[ei]',
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
  'belez(?:a|ura)',
  'bele',
  'joi(?:a|nha)',
  'vero',
  'toca',
  'show',
  'top',
  'massa',
  'legal',
  'firme(?:za)?',
  'suav(?:e|ao)',
  'demais',
  'topo',
  'aprovad[oa]',
  'o se',
  'tranquilo',
  'de boas?',
  'd[ei]morou?',
  'ja e',
  'jae',
  'crer',
  'dale',
  'tamo junto',
  'tmj',
  'provavel(?:mente)?',
  'just(?:o|amente)',
  'tri',
  'cem por cento',
  'verdade',
  'vdd',
  'pront[oa]',
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
  'sempre',
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
  /^(?:s|y|ok+(?: ok+)*|oka?y|oke?y|oki|oukey|e|eh|he|e sim|e ue|e claro|a|aa|ah+ ?ta|bom|si|sii+|an?ha[mn]|a?ham+|ahan|a[rn]*r?a[mn]?|aran|anra|arra[mn]|unrum|hunrum|hum ?h?rum|u?h?um ?hum|uhu[mn]?)$/
/** The verb of the question given back is a yes: "fiz", "já trabalhei", "tem". */
const ECHO =
  /^(?:(?:ja|eu|el[ea]|sempre|tambem) )*(?:tem|fiz|tive|trabalhei|contribui|paguei|recebi|casei|pedi|morei|assinei|mandei|tomei|levei|era|estava|mora|trabalha|recebe)(?: (?:sim|ja|tambem|mesmo|muito))*$/
const NO_WORDS = new RegExp(
  `${
    anyOf(
      'n+a+o+',
      'no+a',
      'naum',
      'n(?:[ao]|ou)[nm]',
      'num',
      'numqu?e?ro',
      'n',
      'no+p(?:e?s)?',
      'nah',
      'rejeito',
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
      'no[nt]',
      'bulhufas',
      'jame',
    ).source
  }|^n+$|^no$|^na$|^cancel(?:a|ar|e)$|^desist[oi]$`,
)

/** Another wish told in words that also agree: "quero ver meu pagamento", "pode repetir". */
const WISH =
  /\b(?:(?:[qk]uero|[qk]ro|queria|gostaria de|preciso|vamos?|pod[ei]|posso) (?:me |te |de |so )?(?:[a-z]+[aei]r|uma?|o|a|meu|minha|encostar)\b)|\brepet\w+|\bde novo\b/
/** What is wished is only to go on. */
const GOES_ON =
  /\b(?:ver|saber|fazer|continuar|tentar|seguir|mandar|ser|prosseguir|confirmar|enviar|comecar|ir|tocar|crer|deixar|apostar|contar)\b(?: (?:isso|sim|entao|agora|moca|moco|por favor))*$/

/** Yes (true) or no (false), as people say it: "aham", "isso mermo", "quero não", "sim, não" (again). */
export function readYesNo(text: string): Reading<boolean> {
  const yesSign = YES_SIGNS.test(text)
  const noSign = NO_SIGNS.test(text)
  const folded = answerText(text)
  if (yesSign !== noSign && !/[a-z]{2}/.test(folded)) return sure(yesSign)
  return mended(folded, readOnce)
}

function readOnce(folded: string): Reading<boolean> {
  const clauses = cleaned(folded)
  const said = clauses.replace(/ ?; ?/g, ' ').trim()
  if (said === '' || said.split(' ').length > 14) return again('nothing_found')
  if (/^(?:(?:bem|mas|bah) )*capaz\b(?! (?:de|que sim))/.test(said)) return confirm(false, 'regional_word')
  if (agreesAnyway.test(clauses)) return sure(true)
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
  return YES_WORDS.test(said) || ECHO.test(said) ? sure(true) : again('nothing_found')
}

/** Only letters, figures and question marks; `;` where a clause ends, as "não, é mentira" is no "não é mentira". */
function cleaned(folded: string): string {
  return folded
    .replace(/([a-z])\1{2,}/g, '$1')
    .replace(/~/g, '')
    .replace(/[,.;:!]+/g, ' ; ')
    .replace(/[^a-z0-9?; ]+/g, ' ')
    .replace(/\bn ao\b/g, 'nao')
    .replace(
      /\b(?:ne|viu|moc[ao]|senhora?|sinho|obrigad[oa]|por gentileza|pf[av]r?|pfvr|visse|tche|so(?=$))\b/g,
      ' ',
    )
    .replace(/\b(?:num|naum)\b/g, 'nao')
    .replace(/\s+/g, ' ')
    .replace(/^[; ]+|[; ]+$/g, '')
    .replace(/\beu hein\b/, 'nao')
    .replace(/(?<=\S) hein$/, '')
}

/** "Sim e não", "nem sim nem não", "não, tá certo", "sim, mas o nome está errado". */
function saysBoth(said: string, folded: string): boolean {
  return (
    /\bs+i+m+\b (?:e |mas |ou |nem )?(?:nao|n)\b|\b(?:nao|n) (?:e |mas |ou )?s+i+m+\b/.test(said) ||
    /^nao *[,;.] *(?:e |ta |esta )+(?:tudo )?(?:certo|correto|isso mesmo)/.test(folded) ||
    /\bs+i+m+ (?:[a-z]+ ){1,2}nao$/.test(said) ||
    /\bs+i+m+\b.*\bmas\b.*\b(?:nao|errad[oa])\b/.test(said)
  )
}
