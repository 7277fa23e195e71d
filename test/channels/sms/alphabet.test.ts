import fc from 'fast-check'
import { segmentsOf, smsText } from '../../../src/channels/sms/alphabet'

const gsm7 = (text: string) => ({ text, alphabet: 'gsm7' })
const ucs2 = (text: string) => ({ text, alphabet: 'ucs2' })
/** A name that a text marks as one the person has to check. */
const marked = (name: string) => `\u2068${name}\u2069`

const BASIC =
  '@£$¥èéùìòÇ\nØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡' +
  'ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà'
const EXTENDED = '^{}\\[~]|€'

describe('the letters of an SMS', () => {
  test('Portuguese accents go, so that the message costs one SMS instead of two', () => {
    const text =
      'INSS: sua solicitação foi concluída. O benefício será pago em março, no banco que você já usa. Dúvida? ligue 135.'
    expect(text.length).toBeLessThan(160)
    expect(segmentsOf(text)).toEqual({ alphabet: 'ucs2', segments: 2 })
    const sent = smsText(text)
    expect(sent).toEqual(
      gsm7(
        'INSS: sua solicitacao foi concluida. O beneficio sera pago em marco, no banco que voce ja usa. Duvida? ligue 135.',
      ),
    )
    expect(segmentsOf(sent.text)).toEqual({ alphabet: 'gsm7', segments: 1 })
  })

  test('a letter that is there in both cases keeps its accent, and "é" stays another word than "e"', () => {
    expect(smsText('É seu e também é de José. Você vê?')).toEqual(gsm7('É seu e também é de José. Voce ve?'))
  })

  test('a letter that is there in one case only is folded in both', () => {
    expect(smsText('SITUAÇÃO situação À VISTA à vista')).toEqual(gsm7('SITUACAO situacao A VISTA a vista'))
  })

  test.each([
    ['á à â ã ê í ó ô õ ú ç', 'a a a a e i o o o u c'],
    ['Á À Â Ã Ê Í Ó Ô Õ Ú Ç', 'A A A A E I O O O U C'],
    ['ä ö ü ñ Ä Ö Ü Ñ é É', 'ä ö ü ñ Ä Ö Ü Ñ é É'],
    ['“aspas” e ‘aspas’ «e»', '"aspas" e \'aspas\' "e"'],
    ['de 1980 – 1990 — fim−', 'de 1980 - 1990 - fim-'],
    ['espere…', 'espere...'],
    ['1º de maio, 2ª via, 3° lugar', '1o de maio, 2a via, 3o lugar'],
    ['R$\u00a01.621,00\u202fe\u2009mais', 'R$ 1.621,00 e mais'],
    ['• 12/2026: R$ 10,00', '- 12/2026: R$ 10,00'],
    ['✔ idade ✅ tempo', '(ok) idade (ok) tempo'],
    ['✘ idade ❌ tempo', '(falta) idade (falta) tempo'],
    ['✔\ufe0f idade', '(ok) idade'],
    ['2 → 3, ≥ 4, ≤ 5, ½', '2 -> 3, >= 4, <= 5, 1/2'],
    ['um\u200bdois\u00ad\ufefftrês\u0000', 'umdoistres'],
    ['linha\r\noutra\rmais\ttab', 'linha\noutra\nmais tab'],
    ['a\u0301 c\u0327', 'a c'],
  ])('%j goes out as %j', (text, sent) => {
    expect(smsText(text)).toEqual(gsm7(sent))
  })

  test('what no letter of GSM-7 can say goes out as it was written, accents and all', () => {
    expect(smsText('Não entendi 😀')).toEqual(ucs2('Não entendi 😀'))
    expect(smsText('família 👨‍👩‍👧 ❤️')).toEqual(ucs2('família 👨‍👩‍👧 ❤️'))
  })

  describe('a marked name', () => {
    test('keeps its accents, and the message with it', () => {
      expect(smsText(`Você é ${marked('Conceição Araújo')}?`)).toEqual(ucs2('Você é Conceição Araújo?'))
    })

    test('costs nothing when the alphabet has its letters', () => {
      expect(smsText(`Você é ${marked('José André')}, não é?`)).toEqual(gsm7('Voce é José André, nao é?'))
      expect(smsText(`${marked('Ana')} e ${marked('Rui')}: não`)).toEqual(gsm7('Ana e Rui: nao'))
    })

    test('keeps a letter that is otherwise folded', () => {
      expect(smsText(`à vista, ${marked('Là')}`)).toEqual(gsm7('a vista, Là'))
    })

    test('has its marks removed also when they do not pair', () => {
      expect(smsText('\u2069não\u2068')).toEqual(gsm7('nao'))
      expect(smsText('\u2069não\u2068 😀')).toEqual(ucs2('não 😀'))
    })
  })
})

describe('how many SMS a text takes', () => {
  test.each([
    ['nothing', '', 1],
    ['160 letters', 'a'.repeat(160), 1],
    ['161 letters', 'a'.repeat(161), 2],
    ['306 letters', 'a'.repeat(306), 2],
    ['307 letters', 'a'.repeat(307), 3],
    ['80 pairs', '€'.repeat(80), 1],
    ['81 pairs', '€'.repeat(81), 2],
    // 153 is odd: each part holds 76 pairs and one septet stays empty.
    ['152 pairs', '€'.repeat(152), 2],
    ['153 pairs', '€'.repeat(153), 3],
    ['a pair moved whole to a part it fills', `${'a'.repeat(152)}€${'a'.repeat(151)}`, 2],
    ['a pair moved whole to a part it overfills', `${'a'.repeat(152)}€${'a'.repeat(152)}`, 3],
  ])('in GSM-7: %s', (_name, text, segments) => {
    expect(segmentsOf(text)).toEqual({ alphabet: 'gsm7', segments })
  })

  test.each([
    ['70 letters', 'ã'.repeat(70), 1],
    ['71 letters', 'ã'.repeat(71), 2],
    ['134 letters', 'ã'.repeat(134), 2],
    ['135 letters', 'ã'.repeat(135), 3],
    ['35 emoji', '😀'.repeat(35), 1],
    ['36 emoji', '😀'.repeat(36), 2],
    // 67 is odd: each part holds 33 emoji and one unit stays empty.
    ['66 emoji', '😀'.repeat(66), 2],
    ['67 emoji', '😀'.repeat(67), 3],
    ['an emoji moved whole to a part it fills', `${'ã'.repeat(66)}😀${'ã'.repeat(65)}`, 2],
    ['an emoji moved whole to a part it overfills', `${'ã'.repeat(66)}😀${'ã'.repeat(66)}`, 3],
  ])('in UCS-2: %s', (_name, text, segments) => {
    expect(segmentsOf(text)).toEqual({ alphabet: 'ucs2', segments })
  })

  test('each letter of the alphabet counts one, and each of its extension two', () => {
    for (const letter of BASIC) expect(segmentsOf(letter.repeat(160)).segments).toBe(1)
    for (const letter of EXTENDED) expect(segmentsOf(letter.repeat(81)).segments).toBe(2)
    expect([...BASIC]).toHaveLength(127 - 1)
  })
})

describe('whatever the text', () => {
  const anyText = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom(...'aãé•✔…“”€ç\u2068\u2069\u00a0\n😀Ç1º') }),
  )

  test('what was folded once is not changed again', () => {
    const unmarked = anyText.map((text) => text.replace(/[\u2068\u2069]/g, ''))
    fc.assert(
      fc.property(unmarked, (text) => {
        const once = smsText(text)
        expect(smsText(once.text)).toEqual(once)
      }),
    )
  })

  test('the alphabet said is the one the text is counted in', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const sent = smsText(text)
        expect(segmentsOf(sent.text).alphabet).toBe(sent.alphabet)
      }),
    )
  })

  test('a text of the basic alphabet without half pairs goes out unchanged', () => {
    const letters = [...BASIC, ...EXTENDED].filter((letter) => !'àèìòùÇ'.includes(letter))
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...letters) }), (text) => {
        expect(smsText(text)).toEqual(gsm7(text))
      }),
    )
  })

  test('no part holds more than it can, nor could one part fewer hold it all', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '€', 'ã', '😀'), maxLength: 900 }), (text) => {
        const { alphabet, segments } = segmentsOf(text)
        const size = (letter: string) =>
          alphabet === 'ucs2' ? letter.length : EXTENDED.includes(letter) ? 2 : 1
        const total = [...text].reduce((sum, letter) => sum + size(letter), 0)
        const [single, part] = alphabet === 'ucs2' ? [70, 67] : [160, 153]
        if (total <= single) expect(segments).toBe(1)
        else {
          expect(segments).toBeGreaterThanOrEqual(Math.ceil(total / part))
          // Each part but the last may leave one unit empty before a pair.
          expect(segments).toBeLessThanOrEqual(Math.ceil(total / (part - 1)))
        }
      }),
    )
  })
})
