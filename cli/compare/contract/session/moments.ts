/** Creation times during a run differ between the sides, so both are replaced by the time at which the run began. */

/** Date and time as in JSON and XML (RFC 3339), with any number of fraction digits. */
const MOMENT = /(\d{4}-\d\d-\d\d)([T ])(\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[+-]\d\d:?\d\d)?/g;
/** Seconds or milliseconds since 1970, as a JSON number. */
const EPOCH = /(?<=[:[,]\s*)(\d{10})(\d{3})?(\.\d{1,9})?(?=\s*[,}\]])/g;
/** The largest expected clock difference between two machines, in milliseconds. */
const SKEW_MS = 60_000;

/** Times between the beginning of the run and now keep their notation, but lose their value. */
export function momentsAligned(text: string, began: number, now: number): string {
  const dated = text.replaceAll(EPOCH, (written, seconds: string, milliseconds?: string, fraction?: string) => {
    const at = Number(seconds) * 1000 + Number(milliseconds ?? 0);
    if (!(at >= began - SKEW_MS && at <= now + SKEW_MS)) return written;
    const own = Math.floor(began / 1000);
    return `${own}${milliseconds === undefined ? '' : '000'}${fraction === undefined ? '' : '.0'}`;
  });
  return dated.replaceAll(MOMENT, (written, day: string, between: string, time: string, fraction = '', zone = '') => {
    const at = Date.parse(`${day}T${time}${zone === '' ? 'Z' : zone.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2')}`);
    if (!(at >= began - SKEW_MS && at <= now + SKEW_MS)) return written;
    const offset = at - Date.parse(`${day}T${time}Z`);
    const [ownDay = '', ownTime = ''] = new Date(began - offset).toISOString().slice(0, 19).split('T');
    return `${ownDay}${between}${ownTime}${fraction.replaceAll(/\d/g, '0')}${zone}`;
  });
}
