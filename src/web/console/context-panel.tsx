import { useState } from 'preact/hooks'
import type { Detail, Revealable, Revealed } from '../../handoff/api-schemas'
import { visible } from '../shared/text'
import { ActionDialog } from './action-dialog'
import { Words } from './actions'
import type { Desk, DeskState } from './desk'
import { Check, Cross, Eye } from './icons'
import { Flags } from './inbox'
import { hrefOf } from './route'
import { moment, nameOf, say } from './text'

/** What the agent needs to know, and no more: masked until it is revealed for a reason. */
export function ContextPanel(props: {
  desk: Desk
  state: DeskState
  detail: Detail
  revealed: Revealed | undefined
  shown: boolean
  now: number
  close: () => void
}) {
  const { desk, state, detail, revealed, now } = props
  const { ticket, person, brief, channel, contacts } = detail
  const [revealing, setRevealing] = useState(false)
  const serviceName = (id: string) =>
    state.options?.services.find((service) => service.id === id)?.label ?? id
  const supervisor = state.me.agent.role === 'supervisor'
  const flagged = brief.flags.length > 0 || ticket.priority < 3
  return (
    <aside
      class={`context${props.shown ? ' shown' : ''}`}
      id="informacoes"
      aria-labelledby="informacoes-titulo"
    >
      <div class="context-head">
        <h2 id="informacoes-titulo" tabIndex={-1}>
          {say('info')}
        </h2>
        <button type="button" class="br-button small only-narrow" onClick={props.close}>
          {say('backToConversation')}
        </button>
      </div>
      {flagged && (
        <section aria-label={say('flags')}>
          <div class="tags">
            <Flags ticket={ticket} />
          </div>
        </section>
      )}
      <section>
        <h3>{say('person')}</h3>
        <p class={`level ${person.level}`}>{nameOf('identity', person.level)}</p>
        {person.level !== 'none' && !person.loggedIn && <p class="quiet">{say('loggedOut')}</p>}
        <dl>
          {person.firstName !== undefined && (
            <div>
              <dt>{say('firstName')}</dt>
              <dd>{visible(person.firstName)}</dd>
            </div>
          )}
          {person.revealable
            .filter((field) => field !== 'lines')
            .map((field) => (
              <div key={field}>
                <dt>{nameOf('data', field)}</dt>
                <dd>{shownValue(field, revealed)}</dd>
              </div>
            ))}
        </dl>
        {person.revealable.length > 0 && (
          <div class="context-buttons">
            {ticket.mine && (
              <button type="button" class="br-button small secondary" onClick={() => setRevealing(true)}>
                <Eye />
                {say('reveal')}
              </button>
            )}
            {revealed !== undefined && (
              <button type="button" class="br-button small" onClick={desk.hide}>
                {say('hide')}
              </button>
            )}
          </div>
        )}
      </section>
      <section>
        <h3>{say('wish')}</h3>
        <dl>
          <div>
            <dt>{say('why')}</dt>
            <dd>{nameOf('why', ticket.why)}</dd>
          </div>
          {brief.intent !== undefined && (
            <div>
              <dt>{say('intent')}</dt>
              <dd>{nameOf('subject', brief.intent)}</dd>
            </div>
          )}
          {brief.service !== undefined && (
            <div>
              <dt>{say('service')}</dt>
              <dd>{serviceName(brief.service)}</dd>
            </div>
          )}
        </dl>
      </section>
      {brief.facts.length > 0 && (
        <section>
          <h3>{say('facts')}</h3>
          <dl class="facts">
            {brief.facts.map(({ name, label, value, confirmed }) => (
              <div key={name}>
                <dt>{label}</dt>
                <dd>
                  {visible(value)}
                  <span class={confirmed ? 'sure' : 'unsure'}>
                    {confirmed && <Check />}
                    {say(confirmed ? 'confirmed' : 'notConfirmed')}
                  </span>
                </dd>
              </div>
            ))}
          </dl>
        </section>
      )}
      {(brief.done.length > 0 || brief.failed.length > 0) && (
        <section>
          <h3>{say('doneTitle')}</h3>
          <ul class="done">
            {brief.done.map((protocol) => (
              <li key={protocol}>
                <Check />
                {say('done', { protocol })}
              </li>
            ))}
            {brief.failed.map((code) => (
              <li key={code}>
                <Cross />
                {nameOf('failed', code)}
              </li>
            ))}
          </ul>
        </section>
      )}
      <section>
        <h3>{say('channel')}</h3>
        <p>{nameOf('channel', channel.id)}</p>
        <ul class="quiet">
          {channel.register === 'short' && <li>{say('channelShort')}</li>}
          {channel.mostCharacters !== undefined && (
            <li>{say('channelMost', { count: channel.mostCharacters.toLocaleString('pt-BR') })}</li>
          )}
          <li>{say(channel.files.length > 0 ? 'channelFiles' : 'channelNoFiles')}</li>
        </ul>
      </section>
      <section>
        <h3>{say('contacts')}</h3>
        {contacts.length === 0 ? (
          <p class="quiet">{say('contactsNone')}</p>
        ) : (
          <ul class="contacts">
            {contacts.map((contact) => {
              const when = moment(contact.requestedAt, now)
              return (
                <li key={contact.id}>
                  {supervisor ? (
                    <a href={hrefOf({ screen: 'history', ticketId: contact.id })}>{when}</a>
                  ) : (
                    <strong>{when}</strong>
                  )}
                  <span>
                    {nameOf('skill', contact.skill)} ·{' '}
                    {contact.outcome === undefined
                      ? nameOf('state', contact.state)
                      : nameOf('outcome', contact.outcome)}
                    {contact.agentName !== undefined && ` · ${contact.agentName}`}
                  </span>
                </li>
              )
            })}
          </ul>
        )}
      </section>
      {revealing && <Reveal desk={desk} detail={detail} close={() => setRevealing(false)} />}
    </aside>
  )
}

function shownValue(field: Exclude<Revealable, 'lines'>, revealed: Revealed | undefined) {
  const values: Partial<Record<string, string | null>> = revealed?.values ?? {}
  const value = values[field]
  if (value === undefined)
    return (
      <>
        <span aria-hidden="true">••••••</span>
        <span class="hidden">{say('masked')}</span>
      </>
    )
  return value === null ? say('unknown') : <strong class="revealed">{visible(value)}</strong>
}

function Reveal({ desk, detail, close }: { desk: Desk; detail: Detail; close: () => void }) {
  const [fields, setFields] = useState<Revealable[]>([])
  const [reason, setReason] = useState('')
  return (
    <ActionDialog
      title={say('reveal')}
      text={say('revealText')}
      submit={say('revealSubmit')}
      close={close}
      run={(key) => desk.reveal(detail.ticket.id, fields, reason, key)}
    >
      <fieldset class="choices">
        <legend>{say('revealWhat')}</legend>
        {detail.person.revealable.map((field) => (
          <label key={field}>
            <input
              type="checkbox"
              checked={fields.includes(field)}
              required={fields.length === 0}
              onChange={(event) =>
                setFields(
                  event.currentTarget.checked ? [...fields, field] : fields.filter((each) => each !== field),
                )
              }
            />
            <span>{nameOf('data', field)}</span>
          </label>
        ))}
      </fieldset>
      <Words
        label={say('revealReason')}
        hint={say('revealReasonHint')}
        shortest={10}
        value={reason}
        write={setReason}
      />
    </ActionDialog>
  )
}
