/** The vendor whose peak hours are none on Chinese public holidays. @see https://api-docs.deepseek.com/quick_start/pricing */
const VENDOR = 'deepseek';
const WEEKEND = [0, 6];

/**
 * Adds the holidays to the off-peak windows of the vendor's models. All of its peak hours are on the same date in China and in UTC.
 *
 * @param rows of the catalogue; they are not changed
 * @param {string[]} holidays as `2026-10-01`
 */
export function withHolidays(rows, holidays) {
  if (holidays.length === 0) return rows;
  const window = { hours_utc: '00:00-00:00', dates: holidays };
  return Object.fromEntries(
    Object.entries(rows).map(([name, row]) => {
      const { litellm_provider: vendor, off_peak_pricing: offPeak } = row;
      if (vendor !== VENDOR || !Array.isArray(offPeak?.windows)) return [name, row];
      return [name, { ...row, off_peak_pricing: { ...offPeak, windows: [...offPeak.windows, window] } }];
    }),
  );
}

/**
 * Holidays of a year and later ones that are no day of a weekend.
 *
 * @param {{ holidays: Record<string, string> }} file the data of chinese-days: each holiday's date with its names
 * @param {number} year
 */
export function holidaysFrom({ holidays }, year) {
  const isLater = (date) => Number(date.slice(0, 4)) >= year;
  return Object.keys(holidays)
    .filter((date) => isLater(date) && !WEEKEND.includes(new Date(`${date}T00:00:00Z`).getUTCDay()))
    .toSorted();
}
