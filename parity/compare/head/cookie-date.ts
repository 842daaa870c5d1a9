/** Parses a cookie's date as RFC 6265, 5.1.1 requires: four components in any order, and no date if one is missing. */

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Milliseconds since 1970; null if the date is invalid, in which case browsers ignore Expires. */
export function cookieDate(text: string): number | null {
  let [time, day, month, year]: [string[] | null, number | null, number | null, number | null] = [
    null,
    null,
    null,
    null,
  ];
  for (const token of text.split(/[\t\u0020-\u002f\u003b-\u0040\u005b-\u0060\u007b-\u007e]+/)) {
    const clock = /^(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\D|$)/.exec(token);
    const number = /^(\d+)(?:\D|$)/.exec(token)?.[1] ?? '';
    const named = MONTHS.indexOf(token.slice(0, 3).toLowerCase());
    if (time === null && clock !== null) time = clock.slice(1);
    else if (day === null && number.length > 0 && number.length < 3) day = Number(number);
    else if (month === null && named >= 0) month = named;
    else if (year === null && (number.length === 2 || number.length === 4))
      year = fullYear(Number(number), number.length);
  }
  if (time === null || day === null || month === null || year === null || year < 1601) return null;
  const [hour = 0, minute = 0, second = 0] = time.map(Number);
  if (day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59) return null;
  return Date.UTC(year, month, day, hour, minute, second);
}

function fullYear(year: number, digits: number): number {
  if (digits === 4 || year > 99) return year;
  return year >= 70 ? year + 1900 : year + 2000;
}
