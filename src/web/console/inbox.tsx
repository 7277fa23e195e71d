import { useRef } from 'preact/hooks'
import type { Summary } from '../../handoff/api-schemas'
import { visible } from '../shared/text'
import type { DeskState } from './desk'
import { Alert, Clock, Sms, Web, WhatsApp } from './icons'
import { hrefOf } from './route'
import { callNumber, duration, moment, nameOf, say, since } from './text'

export type List = 'mine' | 'queue' | 'callbacks' | 'all'

const texts = { mine: 'listMine', queue: 'listQueue', callbacks: 'listCallbacks', all: 'listAll' } as const
const emptyTexts = {
  mine: 'emptyMine',
  queue: 'emptyQueue',
  callbacks: 'emptyCallbacks',
  all: 'emptyAll',
} as const

/** The conversations of a list, in the order they are shown. */
export function listed(state: DeskState, list: List): Summary[] {
  return list === 'all' ? (state.all ?? []) : state.lists[list]
}

export function Inbox(props: {
  state: DeskState
  list: List
  setList: (list: List) => void
  tickets: Summary[]
  openId: string | undefined
  now: number
}) {
  const { state, list, tickets } = props
  const tabs = useRef<HTMLDivElement>(null)
  const lists: List[] = ['mine', 'queue', 'callbacks']
  if (state.me.agent.role === 'supervisor') lists.push('all')

  function move(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (step === undefined || event.altKey) return
    const next = lists[(lists.indexOf(list) + step + lists.length) % lists.length]
    if (next === undefined) return
    event.preventDefault()
    props.setList(next)
    tabs.current?.querySelector<HTMLElement>(`#lista-${next}`)?.focus()
  }

  return (
    <section class="inbox" aria-labelledby="caixa-titulo">
      <h2 id="caixa-titulo" class="hidden">
        {say('inbox')}
      </h2>
      <div class="tabs" role="tablist" aria-label={say('lists')} ref={tabs} onKeyDown={move}>
        {lists.map((each) => {
          const count = each === 'all' ? state.all?.length : state.lists[each].length
          return (
            <button
              key={each}
              type="button"
              role="tab"
              id={`lista-${each}`}
              aria-selected={each === list}
              aria-controls="lista"
              tabIndex={each === list ? 0 : -1}
              onClick={() => props.setList(each)}
            >
              <span>{say(texts[each])}</span>
              {count !== undefined && <span class="count">{count}</span>}
            </button>
          )
        })}
      </div>
      <div class="list" id="lista" role="tabpanel" aria-labelledby={`lista-${list}`}>
        {tickets.length === 0 ? (
          <p class="empty">{say(state.line === 'connecting' ? 'loadingList' : emptyTexts[list])}</p>
        ) : (
          <ul>
            {tickets.map((ticket) => (
              <Item
                key={ticket.id}
                ticket={ticket}
                list={list}
                open={ticket.id === props.openId}
                unsent={state.unsent.some(({ ticketId }) => ticketId === ticket.id)}
                draft={(state.drafts[ticket.id]?.text ?? '') !== ''}
                now={props.now}
              />
            ))}
          </ul>
        )}
      </div>
    </section>
  )
}

function Item(props: {
  ticket: Summary
  list: List
  open: boolean
  unsent: boolean
  draft: boolean
  now: number
}) {
  const { ticket, list, open, now } = props
  return (
    <li>
      <a
        class={`item${open ? ' open' : ''}${ticket.priority === 0 ? ' urgent' : ''}`}
        href={hrefOf({ screen: 'conversations', ticketId: ticket.id })}
        aria-current={open ? 'true' : undefined}
      >
        <span class="item-top">
          <ChannelIcon ticket={ticket} />
          <strong>{nameOf('skill', ticket.skill)}</strong>
          <span class="number">
            <span class="hidden">{say('number')} </span>
            {callNumber(ticket.id)}
          </span>
          <Waiting ticket={ticket} now={now} />
        </span>
        <span class="item-line" dir="auto">
          {ticket.lastLine === undefined ? nameOf('why', ticket.why) : visible(ticket.lastLine)}
        </span>
        <span class="tags">
          <Flags ticket={ticket} />
          {(list !== 'queue' || ticket.state !== 'queued') && <StateTag ticket={ticket} now={now} />}
          {ticket.position !== undefined && (
            <span class="tag">{say('place', { place: ticket.position })}</span>
          )}
          {list === 'all' && ticket.agentName !== undefined && <span class="tag">{ticket.agentName}</span>}
          {props.unsent ? (
            <span class="tag alert">{say('tagUnsent')}</span>
          ) : (
            props.draft && <span class="tag">{say('tagDraft')}</span>
          )}
        </span>
      </a>
    </li>
  )
}

/** How long somebody has been waiting for us, or the deadline of a promise. */
function Waiting({ ticket, now }: { ticket: Summary; now: number }) {
  const from = ticket.state === 'queued' ? (ticket.queuedAt ?? ticket.requestedAt) : ticket.touchedAt
  return (
    <span class="since">
      <span class="hidden">{say(ticket.state === 'queued' ? 'waitingFor' : 'lastMoved')} </span>
      <time dateTime={from}>{duration(since(from, now))}</time>
    </span>
  )
}

export function ChannelIcon({ ticket }: { ticket: Pick<Summary, 'channel'> }) {
  const name = nameOf('channel', ticket.channel)
  return (
    <span class="channel-icon" title={name}>
      {ticket.channel.startsWith('whatsapp') ? (
        <WhatsApp />
      ) : ticket.channel.startsWith('sms') ? (
        <Sms />
      ) : (
        <Web />
      )}
      <span class="hidden">{name}</span>
    </span>
  )
}

/** What asks for care: crisis, anger, great age, disability. */
export function Flags({ ticket }: { ticket: Pick<Summary, 'flags' | 'priority'> }) {
  const crisis = ticket.flags.includes('crisis') || ticket.priority === 0
  return (
    <>
      {crisis && (
        <span class="tag danger">
          <Alert />
          {say('flagCrisis')}
        </span>
      )}
      {ticket.flags.includes('anger') && <span class="tag alert">{say('flagAnger')}</span>}
      {ticket.priority === 1 && <span class="tag info">{say('flagElderly')}</span>}
      {ticket.priority === 2 && <span class="tag info">{say('flagDisability')}</span>}
    </>
  )
}

export function StateTag({ ticket, now }: { ticket: Summary; now: number }) {
  if (ticket.state === 'callback' && ticket.callback !== undefined) {
    const left = (Date.parse(ticket.callback.by) - now) / 1000
    return (
      <span class={`tag ${left < 0 ? 'danger' : left < 3600 ? 'alert' : ''}`}>
        <Clock />
        {left < 0
          ? say('callbackLate', { time: duration(-left) })
          : say('callbackBy', { time: moment(ticket.callback.by, now) })}
      </span>
    )
  }
  if (ticket.late === true && ticket.owedSince !== undefined) {
    return (
      <span class="tag danger">
        <Clock />
        {say('owedFor', { time: duration(since(ticket.owedSince, now)) })}
      </span>
    )
  }
  return <span class={`tag ${ticket.state}`}>{nameOf('state', ticket.state)}</span>
}
