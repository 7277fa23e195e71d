import { useEffect, useState } from 'preact/hooks'
import type { Me } from '../../handoff/api-schemas'
import { fetchMe, Refused } from './api'
import { Console } from './console'
import { say } from './text'
import { useLook } from './top-bar'

export type Ended = 'idle' | 'ended'

type Gate =
  | { at: 'loading' }
  | { at: 'door'; why?: Ended }
  | { at: 'no_role' }
  | { at: 'unreachable' }
  | { at: 'inside'; me: Me }

const AGAIN_MILLISECONDS = 5_000
/** Where the login begins; it comes back here. */
const LOGIN = '/atendimento/entrar'

/** Lets agents in: what is behind the door is built for one of them and torn down whole when they leave. */
export function App() {
  const [gate, setGate] = useState<Gate>({ at: 'loading' })
  useLook()

  useEffect(() => {
    if (gate.at !== 'loading' && gate.at !== 'unreachable') return
    const enter = () =>
      fetchMe().then(
        (me) => setGate({ at: 'inside', me }),
        (error: unknown) => {
          const code = error instanceof Refused ? error.code : 'internal'
          if (code === 'signed_out') setGate({ at: 'door' })
          else if (code === 'role_missing') setGate({ at: 'no_role' })
          else setGate({ at: 'unreachable' })
        },
      )
    const timer = setTimeout(() => void enter(), gate.at === 'loading' ? 0 : AGAIN_MILLISECONDS)
    return () => clearTimeout(timer)
  }, [gate])

  switch (gate.at) {
    case 'inside':
      return (
        <Console
          me={gate.me}
          leave={(why) => setGate(why === undefined ? { at: 'door' } : { at: 'door', why })}
        />
      )
    case 'loading':
      return <p class="loading">{say('loading')}</p>
    case 'unreachable':
      return (
        <Door title={say('unreachableTitle')} text={say('unreachableText')}>
          <button type="button" class="br-button primary" onClick={() => setGate({ at: 'loading' })}>
            {say('tryNow')}
          </button>
        </Door>
      )
    case 'no_role':
      return (
        <Door title={say('noRoleTitle')} text={say('noRoleText')}>
          <a class="br-button primary" href={LOGIN}>
            {say('otherAccount')}
          </a>
        </Door>
      )
    case 'door':
      return (
        <Door
          title={say('title')}
          text={
            gate.why === undefined ? say('doorText') : say(gate.why === 'idle' ? 'leftIdle' : 'leftEnded')
          }
        >
          <a class="br-button primary" href={LOGIN}>
            {say('signIn')}
          </a>
        </Door>
      )
  }
}

function Door(props: { title: string; text: string; children: preact.ComponentChildren }) {
  useEffect(() => {
    document.title = props.title
  }, [props.title])
  return (
    <main class="door">
      <div class="door-card">
        <p class="door-brand">{say('organisation')}</p>
        <h1>{props.title}</h1>
        <p>{props.text}</p>
        <div class="dialog-buttons">{props.children}</div>
      </div>
    </main>
  )
}
