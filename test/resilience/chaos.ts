import { statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Fleet, Process } from './fleet'
import type { Random } from './random'

export type Interruption = {
  what: 'worker killed' | 'worker frozen' | 'redis killed'
  from: number
  to: number
}

export type ChaosPlan = {
  workers: number
  killEveryMs: [number, number]
  /** How long a worker is frozen, and how often. */
  freezeMs: number
  freezes: number
  redisKills: number
  redisAwayMs: [number, number]
  /** How often another gateway takes over while the one before is stopped as a deploy stops it. */
  takeOvers: number
  /** How often a gateway is killed and started again; every other time while Redis is away. */
  gatewayKills: number
}

export type Chaos = Awaited<ReturnType<typeof startChaos>>

/** The gateway and the workers of a fleet, and what befalls them between `begin` and `end`. */
export async function startChaos(fleet: Fleet, plan: ChaosPlan, random: Random) {
  const counts = { killed: 0, stopped: 0, frozen: 0, redis: 0, takeOvers: 0, gatewayKills: 0 }
  const interruptions: Interruption[] = []
  const unclean: string[] = []
  const frozen = new Set<Process>()
  const stops: Promise<unknown>[] = []
  let workers = await Promise.all(Array.from({ length: plan.workers }, () => fleet.startWorker()))
  let slot = 0
  let gateway = await fleet.startGateway(slotPort())
  fleet.front.lead(slotPort())
  /** Only one thing befalls the door or Redis at a time. */
  let door: Promise<unknown> = Promise.resolve()
  const atTheDoor = <T>(work: () => Promise<T>): Promise<T> => {
    const next = door.then(work)
    door = next.catch(() => undefined)
    return next
  }

  function slotPort(): number {
    return fleet.slots[slot % 2] ?? 0
  }

  async function replace(worker: Process): Promise<void> {
    workers = workers.filter((each) => each !== worker)
    const another = await fleet.startWorker()
    workers.push(another)
  }

  async function stopCleanly(process: Process): Promise<void> {
    process.signal('SIGTERM')
    const code = await process.exited
    if (code !== 0) unclean.push(`${process.name} ended with ${code}`)
  }

  async function killWorkers(until: () => boolean): Promise<void> {
    while (!until()) {
      await wait(random.between(...plan.killEveryMs))
      const able = workers.filter((worker) => !frozen.has(worker) && worker.running())
      const [worker] = random.shuffled(able)
      if (worker === undefined || until()) continue
      if (random.percent(20)) {
        counts.stopped += 1
        stops.push(stopCleanly(worker))
      } else {
        counts.killed += 1
        const at = performance.now()
        interruptions.push({ what: 'worker killed', from: at, to: at })
        worker.signal('SIGKILL')
      }
      stops.push(replace(worker))
    }
  }

  async function freezeWorker(): Promise<void> {
    const [worker] = random.shuffled(workers.filter((each) => each.running() && !frozen.has(each)))
    if (worker === undefined) return
    counts.frozen += 1
    frozen.add(worker)
    const interruption: Interruption = { what: 'worker frozen', from: performance.now(), to: Infinity }
    interruptions.push(interruption)
    worker.signal('SIGSTOP')
    await wait(plan.freezeMs)
    worker.signal('SIGCONT')
    interruption.to = performance.now()
    frozen.delete(worker)
  }

  async function killRedis(meanwhile: () => Promise<void>): Promise<void> {
    counts.redis += 1
    const interruption: Interruption = { what: 'redis killed', from: performance.now(), to: Infinity }
    interruptions.push(interruption)
    await fleet.redis.signal('SIGKILL')
    await wait(random.between(...plan.redisAwayMs))
    await meanwhile()
    await fleet.redis.start()
    interruption.to = performance.now()
  }

  async function killGateway(): Promise<void> {
    counts.gatewayKills += 1
    gateway.signal('SIGKILL')
    await gateway.exited
  }

  async function restartGateway(): Promise<void> {
    gateway = await fleet.startGateway(slotPort())
  }

  async function takeOver(): Promise<void> {
    counts.takeOvers += 1
    const before = gateway
    slot += 1
    await restartGateway()
    fleet.front.lead(slotPort())
    await stopCleanly(before)
  }

  /** Spreads so many of something over a time, each at a moment of its own. */
  async function spread(
    times: number,
    overMs: number,
    what: (index: number) => Promise<void>,
  ): Promise<void> {
    for (let index = 0; index < times; index += 1) {
      await wait((overMs / times) * random.between(0.3, 0.9))
      await what(index)
    }
  }

  return {
    counts,
    interruptions,
    /** Processes that were asked to stop and did not do so well. */
    unclean,
    /** Resolves after `forMs`, once everything runs again. */
    async befall(forMs: number): Promise<void> {
      const end = performance.now() + forMs
      const over = () => performance.now() >= end
      await Promise.all([
        killWorkers(over),
        spread(plan.freezes, Math.max(forMs - plan.freezeMs, 0), freezeWorker),
        spread(plan.redisKills, forMs, (index) => {
          const withGateway = index % 2 === 0 && counts.gatewayKills < plan.gatewayKills
          return atTheDoor(async () => {
            await killRedis(withGateway ? killGateway : async () => undefined)
            if (withGateway) await restartGateway()
          })
        }),
        spread(plan.takeOvers, forMs, () => atTheDoor(takeOver)),
        spread(Math.floor(plan.gatewayKills / 2), forMs, () =>
          atTheDoor(async () => {
            await killGateway()
            await restartGateway()
          }),
        ),
      ])
      await Promise.all(stops)
      // What the other gateway still keeps on its disk is handed over when it starts.
      if (spooled(fleet, fleet.slots[(slot + 1) % 2] ?? 0) > 0) await takeOver()
    },
  }
}

function spooled(fleet: Fleet, port: number): number {
  try {
    return statSync(join(fleet.dataFolder, 'spool', String(port), 'inbox.spool')).size
  } catch {
    return 0
  }
}
