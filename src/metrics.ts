import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { DeskFigures } from './handoff/router'

/** What an operator watches, in Prometheus's form; counts only, nothing of anybody. */
export function createMetrics(now: { spooledBytes: () => number }) {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const received = new Counter({
    name: 'messages_received_total',
    help: 'Messages handed over by channels: stored, duplicate, or spooled to disk while the store is away',
    labelNames: ['channel', 'result'],
    registers,
  })
  const receiving = new Histogram({
    name: 'receive_seconds',
    help: 'Time until a message was durable, which is when its provider is told',
    buckets: [0.002, 0.005, 0.01, 0.025, 0.1, 0.5, 3],
    registers,
  })
  const turns = new Counter({
    name: 'turns_total',
    help: 'Turns by outcome',
    labelNames: ['outcome'],
    registers,
  })
  const seconds = new Histogram({
    name: 'turn_seconds',
    help: 'Time from taking a message to its committed reply',
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 8],
    registers,
  })
  const sends = new Counter({
    name: 'sends_total',
    help: 'Messages on their way out: sent, put back for later, or given up into the dead letters',
    labelNames: ['channel', 'result', 'code'],
    registers,
  })
  const desk = new Gauge({
    name: 'desk_conversations',
    help: 'Conversations of the desk by state, told by the process that routes: waiting, assigned, talking, idle, callback, and those of them left unanswered',
    labelNames: ['state'],
    registers,
  })
  const callbacks = new Gauge({
    name: 'desk_callbacks',
    help: 'Call-backs owed by how near their deadline is: later, due within half an hour, late',
    labelNames: ['deadline'],
    registers,
  })
  const longest = new Gauge({
    name: 'desk_longest_wait_seconds',
    help: 'How long whoever waits longest has waited',
    registers,
  })
  const agents = new Gauge({ name: 'desk_agents', help: 'Agents at work', registers })
  new Gauge({
    name: 'spool_bytes',
    help: 'What waits on this disk for the store to come back',
    registers,
    collect() {
      this.set(now.spooledBytes())
    },
  })
  return {
    registry,
    received(channel: string, result: string, took: number) {
      received.inc({ channel, result })
      receiving.observe(took)
    },
    turnTaken(outcome: string, took: number) {
      turns.inc({ outcome })
      seconds.observe(took)
    },
    desk(figures: DeskFigures) {
      desk.set({ state: 'waiting' }, figures.waiting)
      desk.set({ state: 'assigned' }, figures.assigned)
      desk.set({ state: 'talking' }, figures.talking)
      desk.set({ state: 'idle' }, figures.idle)
      desk.set({ state: 'unanswered' }, figures.unanswered)
      desk.set({ state: 'callback' }, figures.callbacks)
      const { callbacksDue, callbacksLate } = figures
      callbacks.set({ deadline: 'later' }, figures.callbacks - callbacksDue - callbacksLate)
      callbacks.set({ deadline: 'due' }, callbacksDue)
      callbacks.set({ deadline: 'late' }, callbacksLate)
      longest.set(figures.longestWaitSeconds)
      agents.set(figures.agents)
    },
    sent(sent: { channel: string; result: string; code: string }) {
      sends.inc(sent)
    },
  }
}
