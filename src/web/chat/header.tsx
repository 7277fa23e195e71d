import { useEffect, useRef, useState } from 'preact/hooks'
import { Dialog, DialogButtons } from '../shared/dialog'
import { useDismiss } from '../shared/use-dismiss'
import { Close, Contrast, LargeText, Lock, Menu, Phone, Print, Restart } from './icons'
import type { Preferences } from './preferences'
import { say } from './text'

type Open = 'person' | 'privacy' | 'restart'

export function Header(props: {
  preferences: Preferences
  prefer: (change: Partial<Preferences>) => void
  /** @throws when the server was not reached */
  restart: () => Promise<void>
  restarted: () => void
}) {
  const { preferences, prefer } = props
  const [menu, setMenu] = useState(false)
  const [dialog, setDialog] = useState<Open>()
  const [restartFailed, setRestartFailed] = useState(false)
  const opener = useRef<HTMLButtonElement>(null)
  const box = useRef<HTMLElement>(null)

  useDismiss({ open: menu, box, opener, close: () => setMenu(false) })

  // What is behind a window takes the keyboard only once the window is gone.
  const afterDialog = useRef<(() => void) | undefined>(undefined)
  useEffect(() => {
    if (dialog !== undefined) return
    afterDialog.current?.()
    afterDialog.current = undefined
  }, [dialog])

  function show(which: Open): void {
    setMenu(false)
    setRestartFailed(false)
    setDialog(which)
  }

  function hide(): void {
    afterDialog.current = () => opener.current?.focus()
    setDialog(undefined)
  }

  async function restart(): Promise<void> {
    try {
      await props.restart()
      afterDialog.current = props.restarted
      setDialog(undefined)
    } catch {
      setRestartFailed(true)
    }
  }

  return (
    <header ref={box}>
      {document.documentElement.dataset.demo === 'true' && <p class="demo">{say('demo')}</p>}
      <div class="top">
        <div class="brand">
          <h1>{say('title')}</h1>
          <p>{say('subtitle')}</p>
        </div>
        <div class="tools">
          <button
            type="button"
            class="tool"
            aria-pressed={preferences.largeText}
            onClick={() => prefer({ largeText: !preferences.largeText })}
          >
            <LargeText />
            <span>{say('largeText')}</span>
          </button>
          <button
            type="button"
            class="tool"
            aria-pressed={preferences.highContrast}
            onClick={() => prefer({ highContrast: !preferences.highContrast })}
          >
            <Contrast />
            <span>{say('highContrast')}</span>
          </button>
          <button
            type="button"
            class="tool"
            ref={opener}
            aria-expanded={menu}
            aria-controls="menu"
            onClick={() => setMenu(!menu)}
          >
            {menu ? <Close /> : <Menu />}
            <span>{say('menu')}</span>
          </button>
        </div>
        <ul class="menu" id="menu" hidden={!menu}>
          <li>
            <button type="button" onClick={() => show('person')}>
              <Phone />
              {say('person')}
            </button>
          </li>
          <li>
            <button type="button" onClick={() => show('privacy')}>
              <Lock />
              {say('privacy')}
            </button>
          </li>
          <li>
            <button
              type="button"
              onClick={() => {
                setMenu(false)
                opener.current?.focus()
                print()
              }}
            >
              <Print />
              {say('print')}
            </button>
          </li>
          <li>
            <button type="button" onClick={() => show('restart')}>
              <Restart />
              {say('restart')}
            </button>
          </li>
        </ul>
      </div>
      {dialog === 'person' && (
        <Dialog title={say('person')} text={say('personText')} close={hide}>
          <DialogButtons>
            <a class="br-button primary" href="tel:135">
              <Phone />
              {say('call')}
            </a>
            <button type="button" class="br-button secondary" onClick={hide}>
              {say('close')}
            </button>
          </DialogButtons>
        </Dialog>
      )}
      {dialog === 'privacy' && (
        <Dialog title={say('privacy')} text={say('privacyText')} close={hide}>
          <DialogButtons>
            <button type="button" class="br-button primary" onClick={hide}>
              {say('close')}
            </button>
          </DialogButtons>
        </Dialog>
      )}
      {dialog === 'restart' && (
        <Dialog title={say('restart')} text={say('restartText')} close={hide}>
          {restartFailed && (
            <p class="notice" role="alert">
              {say('restartFailed')}
            </p>
          )}
          <DialogButtons>
            <button type="button" class="br-button primary" onClick={() => void restart()}>
              {say('restartConfirm')}
            </button>
            <button type="button" class="br-button secondary" onClick={hide}>
              {say('cancel')}
            </button>
          </DialogButtons>
        </Dialog>
      )}
    </header>
  )
}
