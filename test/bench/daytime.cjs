// For benchmarks: it is always three in the afternoon of a Wednesday in Brasília, so that notices may go out. Product
// and Redis must agree on the instant, so the clock itself cannot be set.
const { formatToParts } = Intl.DateTimeFormat.prototype
Intl.DateTimeFormat.prototype.formatToParts = function (instant) {
  const { hourCycle, weekday } = this.resolvedOptions()
  if (hourCycle !== 'h23' || weekday !== 'short') return formatToParts.call(this, instant)
  return [
    { type: 'weekday', value: 'Wed' },
    { type: 'hour', value: '15' },
  ]
}
