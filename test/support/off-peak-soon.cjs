// The cheap hours of every price that has some begin OFF_PEAK_IN_MS after the start, and last an hour.
const offPeak = require('../../dist/src/pricing/off-peak.js');

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const fromMinute = ((Date.now() + Number(process.env.OFF_PEAK_IN_MS)) % DAY_MS) / MINUTE_MS;

offPeak.readWindows = () => [{ fromMinute, toMinute: fromMinute + 60, weekdays: [1, 2, 3, 4, 5, 6, 7] }];
