import { brasiliaTime, civilDate } from './clock'
import { isShort, type TextKey, t } from './text'

/** "R$ 1.621,00" from 162100 centavos, with an ordinary space so that it can be searched and read aloud. */
export function money(centavos: number): string {
  return reais.format(centavos / 100).replace(/\s/g, ' ')
}

/** "12/03/1962" from "1962-03-12". */
export function shortDate(date: string): string {
  const [year = '', month = '', day = ''] = date.split('-')
  return `${day}/${month}/${year}`
}

/** "12 de março de 1962" from "1962-03-12"; "12/03/1962" where characters cost. */
export function longDate(date: string): string {
  if (isShort()) return shortDate(date)
  const [year = '', month = '', day = ''] = date.split('-')
  const parts = { month: monthName(Number(month)), year }
  return Number(day) === 1
    ? t('format.first_of_month', parts)
    : t('format.day_of_month', { ...parts, day: Number(day) })
}

/** "07/12/2026 (segunda-feira)". */
export function dateWithWeekday(date: string): string {
  const weekday = new Date(`${date}T12:00:00Z`).getUTCDay()
  return t('format.weekday_date', {
    date: shortDate(date),
    weekday: t(`format.weekday_${weekday}` as TextKey),
  })
}

/** "hoje, às 18h de Brasília", "segunda-feira, 30/11, às 9h30 de Brasília" from an instant, ISO 8601. */
export function moment(instant: string, today: string): string {
  return dayAndHour('moment', instant, today)
}

/** A deadline after "até": "as 18h de hoje, hora de Brasília" from an instant, ISO 8601. */
export function deadline(instant: string, today: string): string {
  return dayAndHour('until', instant, today)
}

function dayAndHour(form: 'moment' | 'until', instant: string, today: string): string {
  const at = new Date(instant)
  const date = civilDate(at)
  const { weekday, hour } = brasiliaTime(at)
  const minutes = at.getUTCMinutes()
  const time = t('format.hour', { hour, minutes: minutes === 0 ? '' : String(minutes).padStart(2, '0') })
  if (date === today) return t(`format.${form}_today`, { time })
  if (date === civilDate(new Date(Date.parse(`${today}T12:00:00-03:00`) + 86_400_000)))
    return t(`format.${form}_tomorrow`, { time })
  return t(`format.${form}_on_day`, {
    time,
    date: shortDate(date).slice(0, 5),
    weekday: t(`format.weekday_${weekday}` as TextKey),
  })
}

/** "novembro de 2026" from "2026-11". */
export function monthOfYear(competencia: string): string {
  const [year = '', month = ''] = competencia.split('-')
  return t('format.month_of_year', { month: monthName(Number(month)), year })
}

/** "30 anos, 2 meses e 5 dias"; zero parts are left out. */
export function duration(period: { years: number; months: number; days: number }): string {
  const parts = [
    ...(period.years > 0 ? [t('format.years', { n: period.years })] : []),
    ...(period.months > 0 ? [t('format.months', { n: period.months })] : []),
    ...(period.days > 0 ? [t('format.days', { n: period.days })] : []),
  ]
  return parts.length === 0 ? t('format.no_time') : list(parts)
}

/** "a, b e c". */
export function list(parts: string[]): string {
  const last = parts.at(-1) ?? ''
  if (parts.length < 2) return last
  return t('format.and', { first: parts.slice(0, -1).join(', '), last })
}

/** Whole months and days from one civil date to a later one, as people count them. */
export function timeBetween(from: string, to: string): { years: number; months: number; days: number } {
  const [y1 = 0, m1 = 0, d1 = 0] = from.split('-').map(Number)
  const [y2 = 0, m2 = 0, d2 = 0] = to.split('-').map(Number)
  let months = (y2 - y1) * 12 + (m2 - m1)
  let days = d2 - d1
  if (days < 0) {
    months -= 1
    const daysInPreviousMonth = new Date(Date.UTC(y2, m2 - 1, 0)).getUTCDate()
    days = Math.max(0, daysInPreviousMonth - d1) + d2
  }
  return { years: Math.floor(months / 12), months: months % 12, days }
}

function monthName(month: number): string {
  return t(`format.month_${month}` as TextKey)
}

const reais = new Intl.NumberFormat('pt-BR', { style: 'currency', currency: 'BRL' })
