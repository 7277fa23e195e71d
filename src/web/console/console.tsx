import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import type { Me, Summary } from '../../handoff/api-schemas'
import { useAnnouncer } from '../shared/announcer'
import { Dialog, DialogButtons } from '../shared/dialog'
import { visible } from '../shared/text'
import type { Ended } from './app'
import { BoardScreen } from './board'
import { Conversation, type ConversationHandle } from './conversation'
import { Help } from './help'
import { HistoryScreen } from './history'
import { Inbox, type List, listed } from './inbox'
import { chime, useIdle } from './presence'
import { go, useRoute } from './route'
import { useShortcuts } from './shortcuts'
import { counted, nameOf, say } from './text'
import { TopBar } from './top-bar'
import { useDesk, useNow } from './use-desk'
import { useReturnFocus } from './use-return-focus'

const NOTICE_MILLISECONDS = 12_000

/** Everything an agent who is signed in sees. */
export function Console({ me, leave }: { me: Me; leave: (why?: Ended) => void }) {
  const { announce, region } = useAnnouncer()
  const route = useRoute()
  const now = useNow()
  const [list, setList] = useState<List>('mine')
  const [help, setHelp] = useState(false)
  const [leaving, setLeaving] = useState(false)
  const [sound, setSound] = useState(true)
  const [notice, setNotice] = useState<{ text: string; ticketId?: string }>()
  const conversation = useRef<ConversationHandle>(null)
  const unseen = useUnseen()

  const { desk, state } = useDesk(me, {
    onAssigned(ticket) {
      const text = say('assignedToYou', { what: titleOf(ticket) })
      // What is on the screen needs no notice to be found.
      if (route.screen === 'conversations' && route.ticketId === ticket.id) announce(text)
      else tell(text, ticket.id)
      unseen.more()
      if (sound) chime()
    },
    onLost(ticket) {
      tell(say('takenFromYou', { what: titleOf(ticket) }))
    },
    onLines(lines) {
      for (const line of lines)
        if (line.who === 'person') announce(say('personSaid', { text: visible(line.text) }))
        else if (line.whisper === true && line.agentId !== me.agent.id)
          announce(say('whispered', { text: visible(line.text) }))
      if (lines.some(({ who }) => who === 'person')) unseen.more()
    },
    onPaused: () => tell(say('pausedUnanswered')),
    onSignedOut: (reason) => leave(reason ?? 'ended'),
  })
  const idle = useIdle(me.idleMinutes, () => void signOut('idle'))

  const tell = useCallback(
    (text: string, ticketId?: string) => {
      announce(text)
      setNotice({ text, ...(ticketId !== undefined && { ticketId }) })
    },
    [announce],
  )
  useEffect(() => {
    if (notice === undefined) return
    const timer = setTimeout(() => setNotice(undefined), NOTICE_MILLISECONDS)
    return () => clearTimeout(timer)
  }, [notice])

  const line = state.line
  const lineBefore = useRef(line)
  useEffect(() => {
    if (line === 'offline') announce(say('offline'))
    else if (line === 'online' && lineBefore.current === 'offline') announce(say('reconnected'))
    lineBefore.current = line
  }, [line, announce])

  const ticketId = route.screen === 'conversations' ? route.ticketId : undefined
  useEffect(() => desk.open(ticketId), [desk, ticketId])
  useEffect(() => {
    if (ticketId !== undefined) setNotice((shown) => (shown?.ticketId === ticketId ? undefined : shown))
  }, [ticketId])
  useEffect(() => {
    if (list === 'all') void desk.refreshAll()
  }, [desk, list])

  const unsaved = state.unsent.length > 0 || state.lists.mine.length > 0
  useEffect(() => {
    if (!unsaved) return
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    addEventListener('beforeunload', ask)
    return () => removeEventListener('beforeunload', ask)
  }, [unsaved])

  async function signOut(why?: Ended): Promise<void> {
    try {
      await desk.signOut()
    } catch {
      // The session then ends by itself; this page forgets everything now.
    }
    leave(why)
  }

  const tickets = listed(state, list)
  const step = (by: number) => () => {
    const at = tickets.findIndex(({ id }) => id === ticketId)
    const next = tickets[at === -1 ? 0 : at + by]
    if (next !== undefined) go({ screen: 'conversations', ticketId: next.id })
  }
  const show = (which: List) => () => {
    setList(which)
    go({ screen: 'conversations' })
    // The heading of the list stands once the screen is drawn.
    requestAnimationFrame(() => document.getElementById(`lista-${which}`)?.focus())
  }
  const inConversation = (name: keyof ConversationHandle) => () => conversation.current?.[name]()
  useShortcuts({
    list_mine: show('mine'),
    list_queue: show('queue'),
    list_callbacks: show('callbacks'),
    next: step(1),
    previous: step(-1),
    help: () => setHelp(true),
    ...(ticketId !== undefined && {
      claim: inConversation('claim'),
      reply: inConversation('reply'),
      note: inConversation('note'),
      canned: inConversation('canned'),
      info: inConversation('info'),
      transfer: inConversation('transfer'),
      return: inConversation('return'),
      close: inConversation('close'),
    }),
  })

  return (
    <div class={`page ${route.screen}${ticketId === undefined ? '' : ' has-open'}`}>
      <button type="button" class="skip-link" onClick={() => document.getElementById('principal')?.focus()}>
        {say('skipToMain')}
      </button>
      <TopBar
        me={state.me}
        line={line}
        route={route}
        desk={desk}
        sound={sound}
        setSound={setSound}
        showHelp={() => setHelp(true)}
        signOut={() => (state.lists.mine.length > 0 ? setLeaving(true) : void signOut())}
      />
      <section aria-label={say('notices')}>
        {line === 'offline' && (
          <div class="strip offline">
            <p>{say('offline')}</p>
            <button type="button" class="br-button small" onClick={desk.retryLine}>
              {say('tryNow')}
            </button>
          </div>
        )}
        {notice !== undefined && (
          <div class="strip notice-strip">
            <p>{notice.text}</p>
            {notice.ticketId !== undefined && (
              <a
                class="br-button small"
                href={`#/conversa/${encodeURIComponent(notice.ticketId)}`}
                onClick={() => setNotice(undefined)}
              >
                {say('openIt')}
              </a>
            )}
            <button type="button" class="br-button small" onClick={() => setNotice(undefined)}>
              {say('dismiss')}
            </button>
          </div>
        )}
      </section>
      <main id="principal" tabIndex={-1}>
        {route.screen === 'conversations' && (
          <>
            <Inbox
              state={state}
              list={list}
              setList={setList}
              tickets={tickets}
              openId={ticketId}
              now={now}
            />
            <Conversation
              handle={conversation}
              desk={desk}
              state={state}
              open={state.open?.id === ticketId ? state.open : undefined}
              now={now}
              announce={announce}
              tell={tell}
            />
          </>
        )}
        {route.screen === 'board' && <BoardScreen board={state.board} fault={state.boardFault} now={now} />}
        {route.screen === 'history' && (
          <HistoryScreen ticketId={route.ticketId} options={state.options} now={now} />
        )}
      </main>
      {help && <Help close={() => setHelp(false)} />}
      {leaving && (
        <Leaving
          count={state.lists.mine.length}
          leave={() => void signOut()}
          close={() => setLeaving(false)}
        />
      )}
      {idle.leaving && (
        <Dialog title={say('idleTitle')} text={say('idleText')} close={idle.stay}>
          <DialogButtons>
            <button type="button" class="br-button primary" onClick={idle.stay}>
              {say('idleStay')}
            </button>
          </DialogButtons>
        </Dialog>
      )}
      {region}
    </div>
  )
}

/** Whoever leaves with open conversations is told what becomes of them. */
function Leaving(props: { count: number; leave: () => void; close: () => void }) {
  useReturnFocus()
  return (
    <Dialog title={say('signOut')} text={counted('leaveWith', props.count)} close={props.close}>
      <DialogButtons>
        <button type="button" class="br-button primary" onClick={props.leave}>
          {say('leaveNow')}
        </button>
        <button type="button" class="br-button secondary" onClick={props.close}>
          {say('cancel')}
        </button>
      </DialogButtons>
    </Dialog>
  )
}

function titleOf(ticket: Summary): string {
  return `${nameOf('channel', ticket.channel)}, ${nameOf('skill', ticket.skill)}`
}

/** Counts in the tab's title what happened while the agent looked elsewhere. */
function useUnseen(): { more: () => void } {
  const count = useRef(0)
  useEffect(() => {
    document.title = say('title')
    const seen = () => {
      if (document.visibilityState !== 'visible') return
      count.current = 0
      document.title = say('title')
    }
    document.addEventListener('visibilitychange', seen)
    return () => document.removeEventListener('visibilitychange', seen)
  }, [])
  return {
    more() {
      if (document.visibilityState === 'visible') return
      count.current += 1
      document.title = `(${count.current}) ${say('title')}`
    },
  }
}
