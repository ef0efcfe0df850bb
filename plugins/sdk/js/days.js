// Arithmetic on the contract's calendar days: `{ year, month, day }`. No clock and no time zone is involved.

/** The day that `YYYY-MM-DD` names. */
export function day(text) {
  const [year, month, day] = text.split("-").map(Number);
  return { year, month, day };
}

/** From the given day on, with no known end. */
export const since = (first) => ({ first: day(first), last: undefined });

/** From one day to another, both counted. */
export const between = (first, last) => ({ first: day(first), last: day(last) });

/** Days since 1970-01-01. Years are counted from 1 March, so that the leap day comes last. */
export function dayNumber({ year, month, day }) {
  const from = month <= 2 ? year - 1 : year;
  const ofYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  return from * 365 + Math.floor(from / 4) - Math.floor(from / 100) + Math.floor(from / 400) + ofYear - 719468;
}

/** The day with this number. */
export function dayOfNumber(number) {
  const shifted = number + 719468;
  const era = Math.floor(shifted / 146097);
  const ofEra = shifted - era * 146097;
  const yearOfEra = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36524) - Math.floor(ofEra / 146096)) / 365,
  );
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((5 * ofYear + 2) / 153);
  const month = ((fromMarch + 2) % 12) + 1;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return { year, month, day: ofYear - Math.floor((153 * fromMarch + 2) / 5) + 1 };
}

/** The day so many days later, or earlier if negative. */
export const plusDays = (date, days) => dayOfNumber(dayNumber(date) + days);

/** The same day of the month so many months earlier; the month's last day where it has no such day. */
export function minusMonths(date, months) {
  const index = date.year * 12 + date.month - 1 - months;
  const first = { year: Math.floor(index / 12), month: (((index % 12) + 12) % 12) + 1, day: 1 };
  const following =
    first.month === 12
      ? { year: first.year + 1, month: 1, day: 1 }
      : { ...first, month: first.month + 1 };
  return { ...first, day: Math.min(date.day, dayNumber(following) - dayNumber(first)) };
}

/** Completed years from the given birth date to this day. */
export function ageOn(date, birth) {
  const passed = date.month > birth.month || (date.month === birth.month && date.day >= birth.day);
  return Math.max(date.year - birth.year - (passed ? 0 : 1), 0);
}

/** Negative if one day is before the other, 0 if they are the same, else positive. */
export const compareDays = (one, other) =>
  one.year - other.year || one.month - other.month || one.day - other.day;

export const earlier = (one, other) => (compareDays(one, other) <= 0 ? one : other);
export const later = (one, other) => (compareDays(one, other) >= 0 ? one : other);

/** Whether the day is in the period. */
export const inPeriod = (period, date) =>
  compareDays(period.first, date) <= 0 && (!period.last || compareDays(date, period.last) <= 0);

/** Days that two periods share, both ends counted; one without an end is taken to end where the other does. */
export function sharedDays(one, other) {
  const first = later(one.first, other.first);
  const last = one.last && other.last ? earlier(one.last, other.last) : (one.last ?? other.last);
  return last ? Math.max(dayNumber(last) - dayNumber(first) + 1, 0) : 0;
}
