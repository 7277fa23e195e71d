import type { History } from '../../handoff/api-schemas'
import { Card } from './board'
import { counted, duration, nameOf, say } from './text'

type Figures = Pick<History['figures'], 'wait' | 'sla' | 'csat' | 'containment'>

/** Waits, the promise kept, and what people thought of it. */
export function Figures({ figures }: { figures: Figures }) {
  const { wait, sla, csat } = figures
  return (
    <ul class="cards">
      <Card title={say('waitMedian')} value={timeOr(wait.median)}>
        {counted('waitOf', wait.count)}
      </Card>
      <Card title={say('waitP90')} value={timeOr(wait.p90)}>
        {say('waitAbout')}
      </Card>
      <Card title={say('sla', { minutes: sla.withinMinutes })} value={percent(sla.part, sla.of)}>
        {say('partOf', { part: sla.part, of: sla.of })}
      </Card>
      <Card
        title={say('csat')}
        value={
          csat.average === undefined
            ? say('noFigure')
            : say('csatOf', {
                average: csat.average.toLocaleString('pt-BR', {
                  minimumFractionDigits: 1,
                  maximumFractionDigits: 1,
                }),
              })
        }
      >
        {counted('csatAnswers', csat.answers)}
      </Card>
    </ul>
  )
}

/** Who brought conversations to their end, as bars with their numbers beside them. */
export function Share({ containment }: { containment: Figures['containment'] }) {
  const { botOnly, botAndPerson, person } = containment
  const all = botOnly + botAndPerson + person
  return (
    <Bars
      rows={[
        { title: say('botOnly'), count: botOnly },
        { title: say('botAndPerson'), count: botAndPerson },
        { title: say('personOnly'), count: person },
      ]}
      all={all}
    />
  )
}

export function Outcomes({ outcomes }: { outcomes: History['figures']['outcomes'] }) {
  if (outcomes.length === 0) return <p class="quiet">{say('noneYet')}</p>
  const all = outcomes.reduce((sum, { count }) => sum + count, 0)
  return <Bars rows={outcomes.map(({ outcome, count }) => ({ title: endOf(outcome), count }))} all={all} />
}

/** How it ended; of what has not ended, how it stands. */
function endOf(outcome: string): string {
  const ended = nameOf('outcome', outcome)
  return ended === outcome ? nameOf('state', outcome) : ended
}

function Bars({ rows, all }: { rows: { title: string; count: number }[]; all: number }) {
  return (
    <ul class="bars">
      {rows.map(({ title, count }) => (
        <li key={title}>
          <span>{title}</span>
          <span class="figure">
            {count.toLocaleString('pt-BR')} ({percent(count, all)})
          </span>
          <progress max={Math.max(1, all)} value={count} aria-label={title} />
        </li>
      ))}
    </ul>
  )
}

function timeOr(seconds: number | undefined): string {
  return seconds === undefined ? say('noFigure') : duration(seconds)
}

function percent(part: number, of: number): string {
  return of === 0 ? say('noFigure') : `${Math.round((part / of) * 100)} %`
}
