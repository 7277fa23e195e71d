import { competenciaNumber, toDayNumber } from './calendar'

/** EC 103/2019 came into force on this day: the last of the old rules and the first of the new ones. */
export const reformDate = '2019-11-13'
export const reformDay = toDayNumber(reformDate)
/** From this month on whole months count, not days (Decreto 3.048/1999, art. 19-C; IN 128/2022, art. 206, § 2º). */
export const firstWholeMonth = competenciaNumber('2019-11')
/** Salaries count from here on; those before were in other currencies. */
export const firstRealMonth = competenciaNumber('1994-07')

/** Lei 9.876/1999 was published the day after: until it the average had other rules. */
export const lastDayBefore9876 = toDayNumber('1999-11-28')
