const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** What clocks in Seoul are ahead of UTC: no other offset since 1988. */
export const SEOUL_MS = 9 * HOUR_MS;

/** How many of a day's calls come in each hour of Seoul: work from nine to seven, with a lunch break. */
const WORK = [1, 0, 0, 0, 0, 0, 1, 3, 10, 30, 38, 36, 16, 30, 38, 36, 32, 28, 18, 10, 7, 5, 4, 2];
/** The same for services that customers use. */
const SERVICE = [9, 6, 4, 3, 3, 4, 7, 12, 20, 28, 30, 29, 25, 27, 29, 28, 27, 26, 26, 25, 24, 22, 18, 13];
const WEEKEND = { work: 0.12, service: 0.55 };

/**
 * When a team's calls come, in milliseconds since 1970, oldest first.
 *
 * @param {{calls: number, night?: boolean}} team calls a working day
 * @param {{fromMs: number, toMs: number, scale: number}} span `scale` multiplies the calls
 */
export function callTimes({ calls, night = false }, { fromMs, toMs, scale }, random) {
  const hours = night ? SERVICE : WORK;
  const whole = hours.reduce((sum, each) => sum + each, 0);
  const times = [];
  for (let hourMs = fromMs - (fromMs % HOUR_MS); hourMs < toMs; hourMs += HOUR_MS) {
    const { hour, weekday, day } = inSeoul(hourMs);
    const isWeekend = weekday === 0 || weekday === 6;
    const weekend = isWeekend ? WEEKEND[night ? 'service' : 'work'] : 1;
    // Days differ, and the company grows by a fifth a month.
    const factor = (0.85 + 0.3 * fraction(day * 0.618)) * (1 + (0.2 * (hourMs - toMs)) / (30 * DAY_MS));
    const expected = (calls * scale * weekend * factor * hours[hour]) / whole;
    const count = Math.floor(expected) + (random() < expected % 1 ? 1 : 0);
    for (let each = 0; each < count; each += 1) times.push(hourMs + Math.floor(random() * HOUR_MS));
  }
  return times.filter((ms) => ms >= fromMs && ms < toMs).toSorted((one, other) => one - other);
}

/** The hour, the weekday (0 is Sunday) and the number of the day, as clocks in Seoul show them. */
export function inSeoul(ms) {
  const local = ms + SEOUL_MS;
  return {
    hour: Math.floor(local / HOUR_MS) % 24,
    weekday: new Date(local).getUTCDay(),
    day: Math.floor(local / DAY_MS),
  };
}

/**
 * A time at work: on the same day in Seoul, or on the Friday before where that is no working day.
 *
 * @param {number} ms milliseconds since 1970
 * @param {() => number} random
 * @param {number} fromHour the earliest hour of the day; the latest is six hours later
 */
export function atWork(ms, random, fromHour = 10) {
  const { weekday, day } = inSeoul(ms);
  const back = weekday === 0 ? 2 : weekday === 6 ? 1 : 0;
  const hours = fromHour + (fromHour < 10 ? 0.9 : 6) * random();
  return Math.floor((day - back) * DAY_MS - SEOUL_MS + hours * HOUR_MS);
}

/** The start of the month in Seoul that a time is in, in milliseconds since 1970. */
export function monthStart(ms) {
  const local = new Date(ms + SEOUL_MS);
  return Date.UTC(local.getUTCFullYear(), local.getUTCMonth()) - SEOUL_MS;
}

function fraction(number) {
  return number - Math.floor(number);
}
