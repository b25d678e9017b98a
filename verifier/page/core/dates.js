// A certificate's calendar days as instants, and dates that contradict each other (row C4b). Unix seconds.

const DAY = 86_400;
const EARLIEST = 14 * 3_600; // local midnight is up to 14 h before (Kiritimati) and 12 h after (Baker Island) UTC's
const LATEST = 12 * 3_600;

const midnightUtc = (day) => Date.parse(`${day}T00:00:00Z`) / 1000;
const endAtTheEarliest = (day) => midnightUtc(day) + DAY - EARLIEST;

export const isoDay = (seconds) => new Date(seconds * 1000).toISOString().slice(0, 10);
export const isoMinute = (seconds) => new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " ");

/** Why a credential's own dates cannot all be true, or null. */
export function dateContradiction({ certificate, expires, notBefore, issuedAt }) {
  const { issueDate: first, expiryDate: last } = certificate;
  if ((expires === null) !== (last === null)) return "exp and expiry_date: one is given, the other is not";
  if (notBefore < midnightUtc(first) - EARLIEST) return "nbf is before the day of issue";
  if (expires === null) return dayContradiction({ ...certificate, expiryDate: null });
  const own = dayContradiction(certificate);
  if (own !== null) return own;
  const end = endAtTheEarliest(last);
  if (expires < end || expires > end + EARLIEST + LATEST) return "exp does not fall on the end of expiry_date";
  if (notBefore >= expires) return "nbf is not before exp";
  return issuedAt > expires ? "iat is after exp" : null;
}

/** Why a certificate's own days cannot all be true, or null. */
export function dayContradiction({ holder, issueDate, expiryDate }) {
  if (holder.birthDate >= issueDate) return "birth_date is not before issue_date";
  return expiryDate !== null && expiryDate < issueDate ? "expiry_date is before issue_date" : null;
}

/** Why a pass's own dates cannot all be true, or null. */
export function passContradiction({ notBefore, expires, issuedAt }) {
  if (notBefore >= expires) return "nbf is not before exp";
  if (issuedAt >= expires) return "iat is not before exp";
  return expires - issuedAt > 30 * DAY ? "a pass that runs for more than 30 days" : null;
}

/** When a certificate in a pass starts and ends: days in the authority's zone; without it, last and first on Earth. */
export function memberTimes({ issueDate, expiryDate }, zone) {
  const next = expiryDate === null ? null : isoDay(midnightUtc(expiryDate) + DAY);
  try {
    return [midnightIn(issueDate, zone), next === null ? null : midnightIn(next, zone)];
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return [midnightUtc(issueDate) + LATEST, expiryDate === null ? null : endAtTheEarliest(expiryDate)];
  }
}

function midnightIn(day, zone) {
  const utc = midnightUtc(day);
  const guess = utc - offset(utc, zone);
  const offsets = [offset(guess - DAY, zone), offset(guess, zone)];
  return offsets[0] === offsets[1] ? guess : utc - offset(utc - offsets[0], zone);
}

/** How far a zone's clocks are ahead of UTC at an instant, in seconds. */
function offset(seconds, zone) {
  const form = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone, hourCycle: "h23", era: "short",
    year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit",
  });
  const part = Object.fromEntries(form.formatToParts(new Date(seconds * 1000)).map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute, part.second) / 1000 - seconds;
}

/** The same day of the month, so many years on; the month's last day where there is none. */
export function addYears(day, years) {
  const [year, month, date] = day.split("-").map(Number);
  const last = new Date(Date.UTC(year + years, month, 0)).getUTCDate();
  return isoDay(Date.UTC(year + years, month - 1, Math.min(date, last)) / 1000);
}
