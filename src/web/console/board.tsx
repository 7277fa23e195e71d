import type { Board } from '../../handoff/api-schemas'
import { Figures, Outcomes, Share } from './figures'
import { counted, duration, faultOf, moment, nameOf, say, since } from './text'

/** How the desk stands at this moment; supervisors only. */
export function BoardScreen(props: { board: Board | undefined; fault: string | undefined; now: number }) {
  const { board, now } = props
  if (board === undefined)
    return (
      <p class="empty" role="status">
        {props.fault === undefined ? say('loadingBoard') : faultOf(props.fault)}
      </p>
    )
  const { callbacks } = board
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class="sheet" aria-labelledby="painel" tabIndex={0}>
      <div class="sheet-head">
        <h2 id="painel">{say('board')}</h2>
        <p class={`tag ${board.open ? 'agent' : ''}`}>
          {board.open
            ? say('deskOpen')
            : board.nextOpening === undefined
              ? say('deskClosed')
              : say('deskClosedUntil', { time: moment(board.nextOpening, now) })}
        </p>
      </div>
      {(callbacks.late > 0 || callbacks.soon > 0) && (
        <p class={`strip ${callbacks.late > 0 ? 'danger-strip' : 'alert-strip'}`}>
          {callbacks.late > 0
            ? counted('callbacksLate', callbacks.late)
            : counted('callbacksSoon', callbacks.soon)}
        </p>
      )}
      {board.unanswered > 0 && <p class="strip danger-strip">{counted('unanswered', board.unanswered)}</p>}
      <section aria-labelledby="agora">
        <h3 id="agora">{say('nowTitle')}</h3>
        <ul class="cards">
          <Card title={say('waitingNow')} value={String(board.waiting)}>
            {board.longestWait !== undefined && say('longest', { time: duration(board.longestWait) })}
          </Card>
          <Card title={say('talkingNow')} value={String(board.talking)}>
            {say('talkingAbout', { assigned: board.assigned, idle: board.idle })}
          </Card>
          <Card title={say('callbacksOpen')} value={String(callbacks.open)}>
            {say('callbacksAbout', { soon: callbacks.soon, late: callbacks.late })}
          </Card>
          <Card
            title={say('agentsThere')}
            value={String(board.agents.filter(({ status }) => status === 'available').length)}
          >
            {say('agentsAbout', { count: board.agents.length })}
          </Card>
        </ul>
      </section>
      <section aria-labelledby="hoje">
        <h3 id="hoje">{say('todayTitle')}</h3>
        <Figures figures={board} />
      </section>
      <div class="columns">
        <div>
          <h3 id="filas">{say('bySkill')}</h3>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
          <section class="table-box" aria-labelledby="filas" tabIndex={0}>
            <table>
              <thead>
                <tr>
                  <th scope="col">{say('skill')}</th>
                  <th scope="col" class="figure">
                    {say('waitingNow')}
                  </th>
                  <th scope="col" class="figure">
                    {say('agents')}
                  </th>
                </tr>
              </thead>
              <tbody>
                {board.bySkill.map(({ skill, waiting, agents }) => (
                  <tr key={skill} class={waiting > 0 && agents === 0 ? 'lacking' : ''}>
                    <th scope="row">{nameOf('skill', skill)}</th>
                    <td class="figure">{waiting}</td>
                    <td class="figure">
                      {agents}
                      {waiting > 0 && agents === 0 && <span class="tag danger">{say('nobody')}</span>}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        </div>
        <div>
          <h3 id="equipe">{say('agents')}</h3>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
          <section class="table-box" aria-labelledby="equipe" tabIndex={0}>
            <table>
              <thead>
                <tr>
                  <th scope="col">{say('agentName')}</th>
                  <th scope="col">{say('agentState')}</th>
                  <th scope="col" class="figure">
                    {say('agentLoad')}
                  </th>
                  <th scope="col">{say('agentFree')}</th>
                </tr>
              </thead>
              <tbody>
                {board.agents.map((agent) => (
                  <tr key={agent.id}>
                    <th scope="row">
                      {agent.name}
                      <small>{agent.skills.map((skill) => nameOf('skill', skill)).join(', ')}</small>
                    </th>
                    <td>
                      <span class={`presence-dot ${agent.status}`} aria-hidden="true" />
                      {nameOf('status', agent.status)}
                    </td>
                    <td class="figure">
                      {agent.open}/{agent.capacity}
                    </td>
                    <td>{agent.freeSince === undefined ? '' : duration(since(agent.freeSince, now))}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        </div>
        <section aria-labelledby="desfechos">
          <h3 id="desfechos">{say('outcomes')}</h3>
          <Outcomes outcomes={board.outcomes} />
        </section>
        <section aria-labelledby="quem-resolveu">
          <h3 id="quem-resolveu">{say('containment')}</h3>
          <Share containment={board.containment} />
        </section>
      </div>
    </section>
  )
}

export function Card(props: { title: string; value: string; children?: preact.ComponentChildren }) {
  return (
    <li class="figure-card">
      <span class="figure-title">{props.title}</span>
      <strong>{props.value}</strong>
      <span class="figure-about">{props.children}</span>
    </li>
  )
}
