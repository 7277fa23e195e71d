import { useEffect, useState } from 'preact/hooks'
import type { Me, Status } from '../../handoff/api-schemas'
import type { Desk } from './desk'
import { Menu as MenuIcon, Offline } from './icons'
import { Menu } from './menu'
import { hrefOf, type Route } from './route'
import { keysOf } from './shortcuts'
import type { Line } from './stream'
import { say } from './text'

const statuses: Status[] = ['available', 'pause']
const statusTexts = {
  available: 'status_available',
  pause: 'status_pause',
  offline: 'status_offline',
} as const

export function TopBar(props: {
  me: Me
  line: Line
  route: Route
  desk: Desk
  sound: boolean
  setSound: (on: boolean) => void
  showHelp: () => void
  signOut: () => void
}) {
  const { me, line, route } = props
  const [failed, setFailed] = useState(false)
  const screens: { to: Route; text: string }[] =
    me.agent.role === 'supervisor'
      ? [
          { to: { screen: 'conversations' }, text: say('conversations') },
          { to: { screen: 'board' }, text: say('board') },
          { to: { screen: 'history' }, text: say('history') },
        ]
      : []

  async function change(status: Status): Promise<void> {
    try {
      await props.desk.presence(status)
      setFailed(false)
    } catch {
      setFailed(true)
    }
  }

  return (
    <header class="top">
      <div class="brand">
        <h1>{say('brand')}</h1>
        <p>{say('organisation')}</p>
      </div>
      {screens.length > 0 && (
        <nav aria-label={say('screens')}>
          {screens.map(({ to, text }) => (
            <a key={text} href={hrefOf(to)} aria-current={to.screen === route.screen ? 'page' : undefined}>
              {text}
            </a>
          ))}
        </nav>
      )}
      <div class="top-state">
        {line !== 'online' && (
          <span class="line-state">
            <Offline />
            {say(line === 'offline' ? 'noLine' : 'connecting')}
          </span>
        )}
        <label class={`presence ${me.status}`}>
          <span class="hidden">{say('yourState')}</span>
          <span class="dot" aria-hidden="true" />
          <select
            value={me.status}
            aria-describedby={failed ? 'presenca-falhou' : undefined}
            onChange={(event) => void change(event.currentTarget.value as Status)}
          >
            {(me.status === 'offline' ? (['offline', ...statuses] as Status[]) : statuses).map((status) => (
              <option key={status} value={status}>
                {say(statusTexts[status])}
              </option>
            ))}
          </select>
        </label>
        {failed && (
          <p class="hidden" id="presenca-falhou" role="alert">
            {say('presenceFailed')}
          </p>
        )}
        <Menu
          id="menu-principal"
          class="tool-button"
          stays
          label={
            <>
              <MenuIcon />
              <span class="agent-name">{me.agent.name}</span>
              <span class="hidden">{say('menu')}</span>
            </>
          }
        >
          <p class="menu-head">
            <strong>{me.agent.name}</strong>
            <span>{say(me.agent.role === 'supervisor' ? 'roleSupervisor' : 'roleAgent')}</span>
          </p>
          <Switches sound={props.sound} setSound={props.setSound} />
          <button type="button" onClick={props.showHelp} aria-keyshortcuts={keysOf('help')}>
            {say('shortcuts')}
          </button>
          <button type="button" onClick={props.signOut}>
            {say('signOut')}
          </button>
        </Menu>
      </div>
    </header>
  )
}

/** How the agent wants to read, until the page is closed: a shared computer remembers nothing of anybody. */
const look = { contrast: 'normal', text: 'normal' }

function Switches({ sound, setSound }: { sound: boolean; setSound: (on: boolean) => void }) {
  const [, redraw] = useState(0)
  function flip(what: 'contrast' | 'text', on: string): void {
    look[what] = look[what] === 'normal' ? on : 'normal'
    applyLook()
    redraw((count) => count + 1)
  }
  return (
    <>
      <Switch
        on={look.contrast === 'high'}
        flip={() => flip('contrast', 'high')}
        text={say('highContrast')}
      />
      <Switch on={look.text === 'large'} flip={() => flip('text', 'large')} text={say('largeText')} />
      <Switch on={sound} flip={() => setSound(!sound)} text={say('sound')} />
    </>
  )
}

function Switch({ on, flip, text }: { on: boolean; flip: () => void; text: string }) {
  return (
    <button type="button" role="switch" aria-checked={on} onClick={flip}>
      <span>{text}</span>
      <span class="switch" aria-hidden="true" />
    </button>
  )
}

function applyLook(): void {
  Object.assign(document.documentElement.dataset, look)
}

/** Starts with what the system asks for. */
export function useLook(): void {
  useEffect(() => {
    if (matchMedia('(prefers-contrast: more)').matches) look.contrast = 'high'
    applyLook()
  }, [])
}
