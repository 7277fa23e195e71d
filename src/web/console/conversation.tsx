import { useEffect, useRef, useState } from 'preact/hooks'
import type { Detail, Summary } from '../../handoff/api-schemas'
import { type Action, ActionWindow } from './actions'
import { newKey, Refused } from './api'
import { Composer, type ComposerHandle } from './composer'
import { ContextPanel } from './context-panel'
import type { Desk, DeskState, Mode, Open } from './desk'
import { Back, Info, More } from './icons'
import { ChannelIcon, Flags, StateTag } from './inbox'
import { Menu } from './menu'
import { go, hrefOf } from './route'
import { keysOf, type Shortcut } from './shortcuts'
import { callNumber, faultOf, nameOf, say } from './text'
import { Transcript } from './transcript'

/** What keys do here. */
export type ConversationHandle = Record<
  Extract<Shortcut, 'claim' | 'reply' | 'note' | 'canned' | 'info' | 'transfer' | 'return' | 'close'>,
  () => void
>

const held: Summary['state'][] = ['assigned', 'agent', 'idle']
const ended: Summary['state'][] = ['returned', 'closed']

export function Conversation(props: {
  handle: { current: ConversationHandle | null }
  desk: Desk
  state: DeskState
  open: Open | undefined
  now: number
  announce: (text: string) => void
  /** Says something where it stays for a while, whatever is on the screen. */
  tell: (text: string) => void
}) {
  const { open, desk, announce } = props
  if (open === undefined)
    return (
      <section class="conversation none">
        {props.state.me.status === 'available' ? (
          <p class="empty">{say('noneOpen')}</p>
        ) : (
          <>
            <p class="empty">{say('notAvailable')}</p>
            <p class="none-buttons">
              <button
                type="button"
                class="br-button primary"
                onClick={() => void desk.presence('available').catch(() => announce(say('presenceFailed')))}
              >
                {say('becomeAvailable')}
              </button>
            </p>
          </>
        )}
      </section>
    )
  if (open.detail === undefined)
    return (
      <section class="conversation none">
        {open.fault === undefined ? (
          <p class="empty">{say('loadingConversation')}</p>
        ) : (
          <>
            <p class="empty" role="alert">
              {faultOf(open.fault)}
            </p>
            <p class="none-buttons">
              <button type="button" class="br-button secondary" onClick={() => void desk.reload()}>
                {say('tryAgain')}
              </button>
              <a class="br-button" href={hrefOf({ screen: 'conversations' })}>
                {say('backToList')}
              </a>
            </p>
          </>
        )}
      </section>
    )
  return <Shown key={open.id} {...props} open={open} detail={open.detail} />
}

function Shown(props: {
  handle: { current: ConversationHandle | null }
  desk: Desk
  state: DeskState
  open: Open
  detail: Detail
  now: number
  announce: (text: string) => void
  tell: (text: string) => void
}) {
  const { desk, state, open, detail, now, announce, tell } = props
  const { ticket } = detail
  const { agent } = state.me
  const [action, setAction] = useState<Action>()
  const [info, setInfo] = useState(false)
  const [claiming, setClaiming] = useState(false)
  const composer = useRef<ComposerHandle>(null)
  const heading = useRef<HTMLHeadingElement>(null)
  const claimKey = useRef(newKey())

  useEffect(() => heading.current?.focus({ preventScroll: true }), [])

  const isHeld = held.includes(ticket.state)
  const isMine = ticket.mine && isHeld
  const isOver = ended.includes(ticket.state)
  const canClaim = !isOver && !isHeld && ticket.state !== 'expired'
  const supervises = agent.role === 'supervisor' && isHeld && !ticket.mine
  const modes: Mode[] = isMine ? ['reply', 'note'] : supervises ? ['whisper', 'note'] : []
  const unsent = state.unsent.filter(
    (each) => each.ticketId === ticket.id && (each.seen !== true || each.state === 'refused'),
  )

  async function claim(): Promise<void> {
    if (claiming) return
    setClaiming(true)
    try {
      await desk.act(ticket.id, 'claim', { key: claimKey.current })
      announce(say('claimed'))
      composer.current?.focus('reply')
    } catch (error) {
      const { code, agentName } = error instanceof Refused ? error : new Refused('internal')
      if (code !== 'unreachable') {
        claimKey.current = newKey()
        void desk.reload()
      }
      tell(faultOf(code === 'not_yours' ? 'taken' : code, agentName))
    } finally {
      setClaiming(false)
    }
  }

  function toggleInfo(): void {
    setInfo(!info)
    if (!info) requestAnimationFrame(() => document.getElementById('informacoes-titulo')?.focus())
  }

  const opens = (which: Action) => () => {
    if (isMine) setAction(which)
  }
  props.handle.current = {
    claim: () => {
      if (canClaim) void claim()
    },
    reply: () => composer.current?.focus(supervises ? 'whisper' : 'reply'),
    note: () => composer.current?.focus('note'),
    canned: () => {
      if (isMine) composer.current?.canned()
    },
    info: toggleInfo,
    transfer: opens('transfer'),
    return: opens('return'),
    close: opens('close'),
  }

  return (
    <section class={`conversation${info ? ' info-shown' : ''}`} aria-labelledby="conversa-titulo">
      <div class="talk">
        <div class="talk-head">
          <a class="back" href={hrefOf({ screen: 'conversations' })}>
            <Back />
            <span class="hidden">{say('backToList')}</span>
          </a>
          <div class="talk-title">
            <h2 id="conversa-titulo" ref={heading} tabIndex={-1}>
              <ChannelIcon ticket={ticket} /> {nameOf('skill', ticket.skill)}
              <span class="number"> {say('numberOf', { number: callNumber(ticket.id) })}</span>
            </h2>
            <div class="tags">
              <Flags ticket={ticket} />
              <StateTag ticket={ticket} now={now} />
              {ticket.agentName !== undefined && !ticket.mine && <span class="tag">{ticket.agentName}</span>}
            </div>
          </div>
          <div class="talk-actions">
            {isMine && (
              <>
                <Head action="return" text={say('return')} open={opens('return')} />
                <Head action="transfer" text={say('transfer')} open={opens('transfer')} />
                <Head action="close" text={say('close')} open={opens('close')} />
                <Menu
                  id="mais-acoes"
                  class="br-button secondary small"
                  label={
                    <>
                      <More />
                      <span class="label">{say('more')}</span>
                    </>
                  }
                >
                  {moreActions.map(({ action: which, text }) => (
                    <button key={which} type="button" onClick={opens(which)}>
                      {say(text)}
                    </button>
                  ))}
                  {headActions.map(({ action: which, text }) => (
                    <button key={which} type="button" class="only-small" onClick={opens(which)}>
                      {say(text)}
                    </button>
                  ))}
                </Menu>
              </>
            )}
            {canClaim && (
              <button
                type="button"
                class="br-button primary small"
                aria-disabled={claiming}
                aria-keyshortcuts={keysOf('claim')}
                onClick={() => void claim()}
              >
                {say(claiming ? 'working' : 'claim')}
              </button>
            )}
            {supervises && (
              <button type="button" class="br-button primary small" onClick={() => setAction('take-over')}>
                {say('takeOver')}
              </button>
            )}
            <button
              type="button"
              class="br-button secondary small info-button"
              aria-expanded={info}
              aria-controls="informacoes"
              aria-keyshortcuts={keysOf('info')}
              onClick={toggleInfo}
            >
              <Info />
              <span class="label">{say('info')}</span>
            </button>
          </div>
        </div>
        {open.fault !== undefined && <p class="strip alert-strip">{faultOf(open.fault)}</p>}
        {detail.asking !== undefined && (
          <p class="strip asking-strip">{say('asking', { field: detail.asking.label })}</p>
        )}
        {open.revealed?.lines !== undefined && (
          <p class="strip asking-strip">
            <span>{say('linesRevealed')}</span>
            <button type="button" class="br-button small" onClick={desk.hide}>
              {say('hide')}
            </button>
          </p>
        )}
        <Transcript
          lines={unmasked(detail, open)}
          unsent={unsent}
          agentId={agent.id}
          again={desk.again}
          discard={desk.discard}
          edit={({ key, mode, text }) => {
            desk.discard(key)
            desk.draft(ticket.id, { mode, text })
            composer.current?.focus(mode)
          }}
        />
        {modes.length > 0 ? (
          <Composer
            desk={desk}
            state={state}
            detail={detail}
            modes={modes}
            handle={composer}
            announce={announce}
          />
        ) : (
          <div class="instead">
            <p>{insteadOf(ticket)}</p>
            {isOver && (
              <button
                type="button"
                class="br-button secondary small"
                onClick={() => go({ screen: 'conversations' })}
              >
                {say('backToList')}
              </button>
            )}
          </div>
        )}
      </div>
      <ContextPanel
        desk={desk}
        state={state}
        detail={detail}
        revealed={open.revealed}
        shown={info}
        now={now}
        close={() => {
          setInfo(false)
          heading.current?.focus()
        }}
      />
      {action !== undefined && (
        <ActionWindow
          action={action}
          desk={desk}
          detail={detail}
          options={state.options}
          close={() => setAction(undefined)}
        />
      )}
    </section>
  )
}

const headActions = [
  { action: 'return', text: 'return' },
  { action: 'transfer', text: 'transfer' },
  { action: 'close', text: 'close' },
] as const
const moreActions = [
  { action: 'ask', text: 'ask' },
  { action: 'ask-login', text: 'askLogin' },
  { action: 'start-service', text: 'startService' },
  { action: 'callback', text: 'callback' },
] as const

function Head(props: { action: 'return' | 'transfer' | 'close'; text: string; open: () => void }) {
  return (
    <button
      type="button"
      class="br-button secondary small only-wide"
      aria-keyshortcuts={keysOf(props.action)}
      onClick={props.open}
    >
      {props.text}
    </button>
  )
}

/** What stands where one would write, when one cannot. */
function insteadOf(ticket: Summary): string {
  if (ticket.state === 'closed')
    return say('isClosed', {
      outcome: ticket.outcome === undefined ? '' : nameOf('outcome', ticket.outcome),
    })
  if (ticket.state === 'returned') return say('isReturned')
  if (ticket.state === 'expired') return say('isExpired')
  if (ticket.state === 'callback') return say('isCallback')
  if (ticket.agentName !== undefined) return say('isOthers', { name: ticket.agentName })
  return say('isWaiting')
}

/** The transcript with what was revealed of it in its place. */
function unmasked(detail: Detail, open: Open) {
  const revealed = new Map(open.revealed?.lines?.map((line) => [line.number, line]))
  return detail.lines.map((line) => revealed.get(line.number) ?? line)
}
