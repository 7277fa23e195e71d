import { fold } from '../fold'
import { again, confirm, type Reading, sure } from '../reading'
import { answerText, mended } from './answer'
import { type City, cities, soundOfName, stateNames, states, words } from './municipalities'
import { answersNothing } from './no-answer'
import { withinOneSlip } from './spelt'

/** Names of states that are no famous city's too. */
const onlyStates = new Set(
  stateNames.map(({ name }) => name).filter((name) => !/^(?:sao paulo|rio de janeiro)$/.test(name)),
)

const NICKNAMES: Record<string, string> = {
  sampa: 'sao paulo',
  bh: 'belo horizonte',
  beaga: 'belo horizonte',
  belzonte: 'belo horizonte',
  belorizonte: 'belo horizonte',
  poa: 'porto alegre',
  floripa: 'florianopolis',
  jampa: 'joao pessoa',
  bsb: 'brasilia',
}

/** Words around the name of a place. */
const AROUND =
  /^(?:moro|mora|moramos|sou|somos|fico|vivo|nasci|aqui|la|em|no|na|de|do|da|e|eh|cidade|municipio|estado|mesmo|capital|interior|zona|rural|sitio|perto|o|a|fica|perto)$/
/** What stands before a city's name that is also a word. */
const BEFORE = /^(?:em|de|do|da|no|na|cidade|municipio|e|eh|moro|sou|nasci|aqui)$/
const MOST_WORDS = 6

/** A Brazilian state by its two letters; a city told instead is read back as its state. */
export function readState(text: string): Reading<string> {
  return mended(answerText(text), (folded) => {
    const said = words(folded)
    const joined = said.join(' ')
    const told = said.filter((word) => !AROUND.test(word))
    const only = told.length === 1 ? told[0]?.toUpperCase() : undefined
    if (only !== undefined && only in states) return sure(only)
    const [alone] = told
    if (told.length === 0 && said.length === 1) return unnamed(folded)
    if (told.length === 1 && alone === 'rio') return sure('RJ')
    if (told.length === 1 && (alone === 'para' || alone === 'paraa')) return sure('PA')
    if (/^rio grande$/.test(told.join(' '))) return again('two_answers')
    const found = statesIn(joined)
    if (found.length > 1) return again('two_answers')
    const [state] = found.length > 0 ? found : misspeltState(told)
    if (state !== undefined) return sure(state)
    const places = citiesIn(said)
    const [place] = places
    const last = said.at(-1)?.toUpperCase() ?? ''
    if (place !== undefined && last in states) return sure(last)
    const homes = new Set(place?.map((each) => each.state))
    if (places.length === 1 && place !== undefined && homes.size === 1)
      return confirm(place[0]?.state ?? '', 'from_city')
    return unnamed(folded)
  })
}

function unnamed(folded: string): Reading<string> {
  return again(answersNothing(folded) ?? 'nothing_found')
}

function statesIn(joined: string): string[] {
  let rest = ` ${joined} `
  const found = new Set<string>()
  for (const { state, name } of stateNames) {
    const at = rest.indexOf(` ${name} `)
    if (at < 0) continue
    found.add(state)
    rest = `${rest.slice(0, at)} · ${rest.slice(at + name.length + 1)}`
  }
  return [...found]
}

/** Names of states without the words around them, and how they sound. */
const soundedStates = stateNames
  .filter(({ name }) => name.length >= 4)
  .map(({ state, name }) => ({
    state,
    sound: soundOfName(name),
    bare: words(name)
      .filter((word) => !AROUND.test(word))
      .join(''),
  }))

function misspeltState(told: string[]): string[] {
  const said = told.join(' ')
  if (said.length < 4 || said.length > 24) return []
  const sound = soundOfName(said)
  const bare = told.join('')
  const near = soundedStates.filter(
    (each) => each.sound === sound || (each.bare.length >= 5 && withinOneSlip(bare, each.bare)),
  )
  return [...new Set(near.map(({ state }) => state))].slice(0, 2)
}

/** A municipality as "Feira de Santana/BA"; a name that several states have needs its state. */
export function readCity(text: string): Reading<string> {
  return mended(answerText(text), (folded) => {
    const said = words(folded)
    const told = said.filter(
      (word) => !AROUND.test(word) && !(word.length === 2 && word.toUpperCase() in states),
    )
    const joined = said.join(' ')
    const places = citiesIn(said)
    const named = places.map((place) => place[0]?.city).filter((city) => city !== undefined)
    const state = stateOf(said, joined, named)
    // "Fera de Santana" is one name with a slip, not the town of Santana.
    const whole =
      named[0] === undefined ? 0 : words(fold(named[0])).filter((word) => !AROUND.test(word)).length
    const misspelt = places.length > 1 || told.length <= whole ? [] : misspeltCity(said, told)
    const found = misspelt.length > 0 ? misspelt : places
    const [first, second] = found.map((place) => {
      const there = place.filter((each) => each.state === state)
      return there.length > 0 ? there : place
    })
    if (first === undefined) return state === undefined ? unnamed(folded) : again('missing_city', state)
    if (second !== undefined && second[0]?.city !== first[0]?.city) return again('two_answers')
    const [only] = first
    const capital = first.find((each) => each.capital)
    if (first.length === 1 && only !== undefined) return sure(inWords(only))
    return capital === undefined ? again('several_states') : confirm(inWords(capital), 'several_states')
  })
}

function inWords({ city, state }: City): string {
  return `${city}/${state}`
}

/** The state told beside a city, by its letters at the end or by name. */
function stateOf(said: string[], joined: string, named: string[]): string | undefined {
  const last = said.at(-1)?.toUpperCase() ?? ''
  if (last in states && (said.length > 1 || !/^(?:TO|SE|PARA|E)$/.test(last))) return last
  const cityNames = named.map((name) => words(fold(name)).join(' '))
  return statesIn(joined).find((state) => !states[state]?.some((name) => cityNames.includes(name)))
}

/** Municipalities named in the text, longest names first; one word that is also a word needs something before it. */
function citiesIn(said: string[]): City[][] {
  const { byName } = cities()
  const found: City[][] = []
  const told = said.filter((word) => !AROUND.test(word))
  for (let at = 0; at < said.length; at += 1) {
    for (let count = Math.min(MOST_WORDS, said.length - at); count >= 1; count -= 1) {
      const name = said.slice(at, at + count).join(' ')
      if (onlyStates.has(name) && said[at - 1] !== 'cidade') {
        at += count - 1
        break
      }
      const city = byName.get(NICKNAMES[name] ?? name)
      const first = at === 0 && told[0] === name.split(' ')[0]
      if (city === undefined || (count === 1 && !first && !BEFORE.test(said[at - 1] ?? ''))) continue
      const again = found.length > 0 && /^(?:sao paulo|rio de janeiro)$/.test(name)
      if (!again) found.push(city)
      at += count - 1
      break
    }
  }
  return found
}

function misspeltCity(said: string[], told: string[]): City[][] {
  const { byName, bySound, byLetter } = cities()
  const start = told[0] === undefined ? -1 : said.indexOf(told[0])
  if (start < 0) return []
  const name = said
    .slice(start)
    .filter(
      (word) =>
        !(word.toUpperCase() in states && said.length > 1 && word === said.at(-1) && word.length === 2),
    )
    .join(' ')
  if (name.length < 6 || name.length > 40) return []
  const sound = bySound.get(soundOfName(name))
  const near =
    sound === undefined
      ? (byLetter.get(name[0] ?? '') ?? []).filter((each) => withinOneSlip(name, each))
      : [sound]
  const [only] = near
  return near.length === 1 && only !== undefined ? [byName.get(only) ?? []] : []
}
