import { projectFile } from '../../src/files'
import { loadParameters } from '../../src/law'

/**
 * What the parameters of the law cover: `npm run law:parameters [-- YYYY-MM-DD]`. One line each, with its sources and
 * what of it was written from memory; then what expires, or was last compared with the law, too long ago.
 */
const soonDays = 90
const staleDays = 180

const today = process.argv[2] ?? new Date().toISOString().slice(0, 10)
const out = (line = '') => process.stdout.write(`${line}\n`)
const daysUntil = (date: string) => (Date.parse(date.padEnd(10, '-01')) - Date.parse(today)) / 86_400_000

const series = Object.values(loadParameters(projectFile('src/law/parameters')).series)
let values = 0
let recalled = 0
for (const { id, entries, horizon, runsOn } of series) {
  const fromMemory = entries.filter((entry) => entry.recalled).length
  values += entries.length
  recalled += fromMemory
  const until = horizon ?? `on (${runsOn})`
  const memory = fromMemory === 0 ? '' : `, ${fromMemory} from memory`
  out(
    `${id}: ${entries[0]?.start} to ${until}, ${entries.length} value${entries.length === 1 ? '' : 's'}${memory}`,
  )
  for (const source of new Set(entries.map((entry) => entry.source))) out(`    ${source}`)
}
out()
out(
  `${series.length} parameters, ${values} values: ${values - recalled} read in a source, ${recalled} from memory`,
)
const expiring = series.filter(({ horizon }) => horizon !== null && daysUntil(horizon) < soonDays)
out(
  expiring.length === 0
    ? `nothing expires within ${soonDays} days of ${today}`
    : `about to expire on ${today}:`,
)
for (const { id, horizon } of expiring) {
  out(`    ${id}: ${horizon}${daysUntil(horizon ?? '') < 0 ? ', over' : ''}`)
}
const stale = series.filter(({ checkedOn }) => -daysUntil(checkedOn) > staleDays)
for (const { id, checkedOn } of stale) out(`    ${id}: last compared with the law on ${checkedOn}`)
