import { Dialog, DialogButtons } from '../shared/dialog'
import { shortcuts } from './shortcuts'
import { say } from './text'
import { useReturnFocus } from './use-return-focus'

/** Which keys do what. */
export function Help({ close }: { close: () => void }) {
  useReturnFocus()
  return (
    <Dialog title={say('shortcuts')} text={say('shortcutsText')} wide close={close}>
      <dl class="keys">
        {Object.values(shortcuts).map(({ shown, text }) => (
          <div key={shown}>
            <dt>
              <kbd>Alt</kbd> + <kbd>{shown}</kbd>
            </dt>
            <dd>{say(text)}</dd>
          </div>
        ))}
        <div>
          <dt>
            <kbd>Enter</kbd>
          </dt>
          <dd>{say('shortcutSend')}</dd>
        </div>
        <div>
          <dt>
            <kbd>Shift</kbd> + <kbd>Enter</kbd>
          </dt>
          <dd>{say('shortcutNewLine')}</dd>
        </div>
        <div>
          <dt>
            <kbd>Esc</kbd>
          </dt>
          <dd>{say('shortcutEscape')}</dd>
        </div>
      </dl>
      <DialogButtons>
        <button type="button" class="br-button primary" onClick={close}>
          {say('closeWindow')}
        </button>
      </DialogButtons>
    </Dialog>
  )
}
