import { useEffect, useState } from 'preact/hooks'
import type { History, HistoryQuery, Options, Past, PastDetail } from '../../handoff/api-schemas'
import { Select } from './actions'
import { BASE, fetchHistory, fetchPast, Refused } from './api'
import { Figures, Outcomes, Share } from './figures'
import { go, hrefOf } from './route'
import { callNumber, counted, duration, faultOf, moment, nameOf, say } from './text'
import { Transcript } from './transcript'

type Filters = Partial<Record<Exclude<keyof HistoryQuery, 'limit' | 'after'>, string>>

const channels = ['web', 'whatsapp-cloud', 'whatsapp-web', 'sms-kannel', 'sms-twilio', 'bot-framework']
const states = ['queued', 'assigned', 'agent', 'idle', 'callback', 'returned', 'closed']
const whys = [
  'asked',
  'not_understood',
  'login_failed',
  'crisis',
  'complaint',
  'service_needs_person',
  'bot_failed',
  'turned_off',
  'taken',
]

/** What has been, by filters, with its figures; supervisors only. */
export function HistoryScreen(props: {
  ticketId: string | undefined
  options: Options | undefined
  now: number
}) {
  const [filters, setFilters] = useState<Filters>({})
  const [asked, setAsked] = useState<Filters>({})
  const [found, setFound] = useState<History>()
  const [fault, setFault] = useState<string>()
  const [busy, setBusy] = useState(true)
  const query = new URLSearchParams(asked as Record<string, string>).toString()

  useEffect(() => {
    let wanted = true
    setBusy(true)
    fetchHistory(query).then(
      (history) => {
        if (!wanted) return
        setFound(history)
        setFault(undefined)
        setBusy(false)
      },
      (error: unknown) => {
        if (!wanted) return
        setFault(faultOf(error instanceof Refused ? error.code : 'internal'))
        setBusy(false)
      },
    )
    return () => {
      wanted = false
    }
  }, [query])

  async function more(): Promise<void> {
    if (found?.next === undefined) return
    try {
      const page = await fetchHistory(`${query}&after=${encodeURIComponent(found.next)}`)
      setFound({ ...page, items: [...found.items, ...page.items], figures: found.figures })
    } catch (error) {
      setFault(faultOf(error instanceof Refused ? error.code : 'internal'))
    }
  }

  if (props.ticketId !== undefined) return <PastScreen id={props.ticketId} now={props.now} />
  const set = (name: keyof Filters) => (value: string) => {
    const { [name]: _, ...rest } = filters
    setFilters(value === '' ? rest : { ...rest, [name]: value })
  }
  const select = (name: keyof Filters, label: string, options: { value: string; title: string }[]) => (
    <Select label={label} value={filters[name] ?? ''} choose={set(name)} options={options} any={say('any')} />
  )
  return (
    <div class="sheet">
      <div class="sheet-head">
        <h2>{say('history')}</h2>
        <a
          class="br-button secondary small"
          href={`${BASE}/history.csv${query === '' ? '' : `?${query}`}`}
          download
        >
          {say('csv')}
        </a>
      </div>
      <form
        class="filters"
        aria-label={say('filters')}
        onSubmit={(event) => {
          event.preventDefault()
          setAsked(filters)
        }}
      >
        <DayField label={say('from')} value={filters.from} set={set('from')} />
        <DayField label={say('to')} value={filters.to} set={set('to')} />
        {select('channel', say('channel'), named('channel', channels))}
        {select('skill', say('skill'), named('skill', props.options?.skills ?? []))}
        {select('why', say('filterWhy'), named('why', whys))}
        {select('state', say('state'), named('state', states))}
        {select('outcome', say('outcome'), named('outcome', props.options?.outcomes ?? []))}
        {select(
          'agentId',
          say('agent'),
          (props.options?.agents ?? []).map(({ id, name }) => ({ value: id, title: name })),
        )}
        <button type="submit" class="br-button primary small">
          {say('filter')}
        </button>
      </form>
      {fault !== undefined && (
        <p class="strip alert-strip" role="alert">
          {fault}
        </p>
      )}
      <p class="hidden" aria-live="polite">
        {busy || found === undefined ? say('loadingHistory') : counted('found', found.figures.count)}
      </p>
      {found !== undefined && (
        <>
          <Figures figures={found.figures} />
          <div class="columns">
            <section aria-labelledby="desfechos">
              <h3 id="desfechos">{say('outcomes')}</h3>
              <Outcomes outcomes={found.figures.outcomes} />
            </section>
            <section aria-labelledby="quem-resolveu">
              <h3 id="quem-resolveu">{say('containment')}</h3>
              <Share containment={found.figures.containment} />
            </section>
          </div>
          <h3 id="lista-historico">{counted('found', found.figures.count)}</h3>
          <Rows items={found.items} now={props.now} />
          {found.next !== undefined && (
            <button type="button" class="br-button secondary" onClick={() => void more()}>
              {say('showMore')}
            </button>
          )}
        </>
      )}
    </div>
  )
}

function Rows({ items, now }: { items: Past[]; now: number }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class="table-box" aria-labelledby="lista-historico" tabIndex={0}>
      <table>
        <thead>
          <tr>
            {(
              ['number', 'when', 'channel', 'skill', 'why', 'wait', 'agent', 'outcome', 'grade'] as const
            ).map((name) => (
              <th key={name} scope="col" class={name === 'wait' || name === 'grade' ? 'figure' : ''}>
                {say(name)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {items.map((past) => (
            <tr key={past.id}>
              <th scope="row">
                <a href={hrefOf({ screen: 'history', ticketId: past.id })}>{callNumber(past.id)}</a>
              </th>
              <td>{moment(past.requestedAt, now)}</td>
              <td>{nameOf('channel', past.channel)}</td>
              <td>{nameOf('skill', past.skill)}</td>
              <td>{nameOf('why', past.why)}</td>
              <td class="figure">{past.wait === undefined ? '' : duration(past.wait)}</td>
              <td>{past.agentName}</td>
              <td>
                {past.outcome === undefined ? nameOf('state', past.state) : nameOf('outcome', past.outcome)}
              </td>
              <td class="figure">{past.csat}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function DayField(props: { label: string; value: string | undefined; set: (value: string) => void }) {
  return (
    <label class="field">
      <span>{props.label}</span>
      <input
        type="date"
        value={props.value ?? ''}
        onInput={(event) => props.set(event.currentTarget.value)}
      />
    </label>
  )
}

/** One conversation of the past: its moves and its lines. */
function PastScreen({ id, now }: { id: string; now: number }) {
  const [past, setPast] = useState<PastDetail>()
  const [fault, setFault] = useState<string>()
  useEffect(() => {
    fetchPast(id).then(setPast, (error: unknown) =>
      setFault(faultOf(error instanceof Refused ? error.code : 'internal')),
    )
  }, [id])
  return (
    <div class="sheet">
      <div class="sheet-head">
        <h2>{say('pastTitle', { number: callNumber(id) })}</h2>
        <button type="button" class="br-button secondary small" onClick={() => go({ screen: 'history' })}>
          {say('backToHistory')}
        </button>
      </div>
      {fault !== undefined && (
        <p class="strip alert-strip" role="alert">
          {fault}
        </p>
      )}
      {past !== undefined && (
        <div class="columns past">
          <div>
            <h3>{say('moves')}</h3>
            <ol class="moves">
              {past.moves.map(({ at, state, agentName }) => (
                <li key={`${at}${state}`}>
                  <time dateTime={at}>{moment(at, now)}</time>
                  <span>
                    {nameOf('state', state)}
                    {agentName !== undefined && ` · ${agentName}`}
                  </span>
                </li>
              ))}
            </ol>
          </div>
          <div>
            <h3>{say('transcript')}</h3>
            {past.lines.length === 0 ? (
              <p class="quiet">{say('noLines')}</p>
            ) : (
              <Transcript
                lines={past.lines}
                unsent={[]}
                agentId=""
                again={nothing}
                edit={nothing}
                discard={nothing}
              />
            )}
          </div>
        </div>
      )}
    </div>
  )
}

function nothing(): void {
  // What has been cannot be sent again.
}

function named(kind: string, ids: string[]): { value: string; title: string }[] {
  return ids.map((value) => ({ value, title: nameOf(kind, value) }))
}
