import { useEffect, useState } from 'preact/hooks'
import type { Detail, Options } from '../../handoff/api-schemas'
import { ActionDialog, Choices } from './action-dialog'
import type { Desk } from './desk'
import { nameOf, say } from './text'

/** What opens a window of its own. */
export type Action =
  | 'ask'
  | 'ask-login'
  | 'start-service'
  | 'transfer'
  | 'return'
  | 'close'
  | 'callback'
  | 'take-over'

type Props = {
  desk: Desk
  detail: Detail
  options: Options | undefined
  close: () => void
}

export function ActionWindow({ action, ...props }: Props & { action: Action }) {
  switch (action) {
    case 'ask':
      return <Ask {...props} />
    case 'ask-login':
      return <AskLogin {...props} />
    case 'start-service':
      return <StartService {...props} />
    case 'transfer':
      return <Transfer {...props} />
    case 'return':
      return <Return {...props} />
    case 'close':
      return <Close {...props} />
    case 'callback':
      return <Callback {...props} />
    case 'take-over':
      return <TakeOver {...props} />
  }
}

function Ask({ desk, detail, options, close }: Props) {
  const [field, setField] = useState('')
  return (
    <ActionDialog
      title={say('ask')}
      text={say('askText')}
      submit={say('askSubmit')}
      close={close}
      run={(key) => desk.act(detail.ticket.id, 'ask', { key, field })}
    >
      <Select
        label={say('askField')}
        value={field}
        choose={setField}
        options={(options?.fields ?? []).map(({ id, label }) => ({ value: id, title: label }))}
      />
    </ActionDialog>
  )
}

function AskLogin({ desk, detail, close }: Props) {
  const [level, setLevel] = useState<'bronze' | 'silver' | 'gold'>('bronze')
  return (
    <ActionDialog
      title={say('askLogin')}
      text={say('askLoginText')}
      submit={say('askLoginSubmit')}
      close={close}
      run={(key) => desk.act(detail.ticket.id, 'ask-login', { key, level })}
    >
      <Choices
        legend={say('askLoginLevel')}
        name="level"
        value={level}
        choose={setLevel}
        options={(['bronze', 'silver', 'gold'] as const).map((value) => ({
          value,
          title: nameOf('level', value),
          about: nameOf('levelAbout', value),
        }))}
      />
    </ActionDialog>
  )
}

function StartService({ desk, detail, options, close }: Props) {
  const [service, setService] = useState('')
  return (
    <ActionDialog
      title={say('startService')}
      text={say('startServiceText')}
      submit={say('startServiceSubmit')}
      close={close}
      run={(key) => desk.act(detail.ticket.id, 'start-service', { key, service })}
    >
      <Select
        label={say('startServiceWhich')}
        value={service}
        choose={setService}
        options={(options?.services ?? []).map(({ id, label }) => ({ value: id, title: label }))}
      />
    </ActionDialog>
  )
}

function Transfer({ desk, detail, options, close }: Props) {
  const [to, setTo] = useState<'skill' | 'agent'>('skill')
  const [skill, setSkill] = useState('')
  const [agentId, setAgentId] = useState('')
  const [note, setNote] = useState('')
  // Who is there changes; what the console learnt when it opened may be old.
  useEffect(() => void desk.refreshOptions(), [desk])
  const agents = (options?.agents ?? []).filter(({ id }) => id !== desk.current().me.agent.id)
  return (
    <ActionDialog
      title={say('transfer')}
      text={say('transferText')}
      submit={say('transferSubmit')}
      close={close}
      run={(key) =>
        desk.act(detail.ticket.id, 'transfer', {
          key,
          note,
          ...(to === 'skill' ? { skill: skill as Options['skills'][number] } : { agentId }),
        })
      }
    >
      <Choices
        legend={say('transferTo')}
        name="to"
        value={to}
        choose={setTo}
        options={[
          { value: 'skill', title: say('transferSkill') },
          { value: 'agent', title: say('transferAgent') },
        ]}
      />
      {to === 'skill' ? (
        <Select
          label={say('transferWhichSkill')}
          value={skill}
          choose={setSkill}
          options={(options?.skills ?? []).map((value) => ({ value, title: nameOf('skill', value) }))}
        />
      ) : (
        <Select
          label={say('transferWhichAgent')}
          value={agentId}
          choose={setAgentId}
          options={agents.map(({ id, name, status }) => ({
            value: id,
            title: `${name} (${nameOf('status', status)})`,
          }))}
        />
      )}
      <Words label={say('transferNote')} hint={say('transferNoteHint')} value={note} write={setNote} />
    </ActionDialog>
  )
}

function Return({ desk, detail, close }: Props) {
  const { service, intent } = detail.brief
  const where = service ?? (intent === undefined ? undefined : nameOf('subject', intent))
  const [resume, setResume] = useState<'resume' | 'menu'>(where === undefined ? 'menu' : 'resume')
  return (
    <ActionDialog
      title={say('return')}
      text={say('returnText')}
      submit={say('returnSubmit')}
      close={close}
      run={(key) => desk.act(detail.ticket.id, 'return', { key, resume })}
    >
      <Choices
        legend={say('returnTo')}
        name="resume"
        value={resume}
        choose={setResume}
        options={[
          {
            value: 'resume',
            title: say('returnResume'),
            about: where === undefined ? say('returnNothingOpen') : say('returnWhere', { where }),
          },
          { value: 'menu', title: say('returnMenu'), about: say('returnMenuAbout') },
        ]}
      />
    </ActionDialog>
  )
}

function Close({ desk, detail, options, close }: Props) {
  const [outcome, setOutcome] = useState<Options['outcomes'][number]>()
  return (
    <ActionDialog
      title={say('close')}
      text={say('closeText')}
      submit={say('closeSubmit')}
      close={close}
      run={async (key) => {
        if (outcome !== undefined) await desk.act(detail.ticket.id, 'close', { key, outcome })
      }}
    >
      <Choices
        legend={say('closeOutcome')}
        name="outcome"
        value={outcome}
        choose={setOutcome}
        options={(options?.outcomes ?? []).map((value) => ({
          value,
          title: nameOf('outcome', value),
          about: nameOf('outcomeAbout', value),
        }))}
      />
    </ActionDialog>
  )
}

function Callback({ desk, detail, close }: Props) {
  const [soonest] = useState(() => localMinute(Date.now() + 5 * 60_000))
  const [by, setBy] = useState(() => localMinute(Date.now() + 2 * 3_600_000))
  return (
    <ActionDialog
      title={say('callback')}
      text={say('callbackText')}
      submit={say('callbackSubmit')}
      close={close}
      run={(key) => desk.act(detail.ticket.id, 'callback', { key, by: new Date(by).toISOString() })}
    >
      <label class="field">
        <span>{say('callbackUntil')}</span>
        <input
          type="datetime-local"
          required
          min={soonest}
          value={by}
          onInput={(event) => setBy(event.currentTarget.value)}
        />
        <small>{say('callbackHint')}</small>
      </label>
    </ActionDialog>
  )
}

function TakeOver({ desk, detail, close }: Props) {
  return (
    <ActionDialog
      title={say('takeOver')}
      text={say('takeOverText', { name: detail.ticket.agentName ?? say('whoAgent') })}
      submit={say('takeOverSubmit')}
      close={close}
      run={(key) => desk.act(detail.ticket.id, 'take-over', { key })}
    />
  )
}

/** As the browser's field writes it: the computer's own time, to the minute. */
function localMinute(at: number): string {
  const date = new Date(at)
  return new Date(at - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

export function Select(props: {
  label: string
  value: string
  choose: (value: string) => void
  options: { value: string; title: string }[]
  /** A first line that stands for no choice at all; without it one must be made. */
  any?: string
}) {
  return (
    <label class="field">
      <span>{props.label}</span>
      <select
        required={props.any === undefined}
        value={props.value}
        onChange={(event) => props.choose(event.currentTarget.value)}
      >
        <option value="">{props.any ?? say('choose')}</option>
        {props.options.map(({ value, title }) => (
          <option key={value} value={value}>
            {title}
          </option>
        ))}
      </select>
    </label>
  )
}

export function Words(props: {
  label: string
  hint?: string
  shortest?: number
  value: string
  write: (text: string) => void
}) {
  return (
    <label class="field">
      <span>{props.label}</span>
      <textarea
        rows={3}
        required
        minLength={props.shortest}
        maxLength={500}
        value={props.value}
        onInput={(event) => props.write(event.currentTarget.value)}
      />
      {props.hint !== undefined && <small>{props.hint}</small>}
    </label>
  )
}
