import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from './load-typescript.mjs';
import { cell, table } from './markdown.mjs';

const root = join(import.meta.dirname, '../..');
const PERCENT = 100;

const code = (text) => `\`${text}\``;
const models = () =>
  Object.entries(JSON.parse(readFileSync(join(root, 'src/pricing/model-prices.json'), 'utf8')).models);
const nameOf = (name) => name.slice(name.indexOf('/') + 1);

/** The tiers between a vendor's batch and a live call: who has them, for which models, at which price. */
export function batchTiers() {
  const { VENDORS } = load('libs/providers/src/vendors.ts');
  const flex = Object.entries(VENDORS).flatMap(([name, { label, api }]) => {
    if (!api.flex) return [];
    // Azure's deployments are of OpenAI's models.
    const listed = models().filter(([, row]) => row.litellm_provider === (name === 'azure' ? 'openai' : name));
    const priced = listed.filter(([, row]) => row.input_cost_per_token_flex !== undefined);
    const shares = priced.map(([, row]) => row.input_cost_per_token_flex / row.input_cost_per_token);
    return [[`[${cell(label)}](${api.flex.see})`, code('flex'), namesOf(priced), shareOf(shares), 'while it has room']];
  });
  const clocked = models().filter(([, row]) => row.off_peak_pricing !== undefined);
  const vendors = [...new Set(clocked.map(([, row]) => row.litellm_provider))];
  const offPeak = vendors.map((vendor) => {
    const theirs = clocked.filter(([, row]) => row.litellm_provider === vendor);
    const shares = theirs.map(([, row]) => row.off_peak_pricing.input_cost_per_token / row.input_cost_per_token);
    const [, first] = theirs[0];
    return [
      cell(VENDORS[vendor].label),
      code('off_peak'),
      namesOf(theirs),
      shareOf(shares),
      hoursOf(first.off_peak_pricing),
    ];
  });
  return table(['vendor', 'tier', 'models', 'of the price', 'when'], [...flex, ...offPeak]);
}

/** Names without dates and without a vendor's prefix; of long lists the number. */
function namesOf(rows) {
  const names = [...new Set(rows.map(([name]) => nameOf(name)))].filter(
    (name) => !/-\d{4}-\d{2}-\d{2}$|latest$/.test(name),
  );
  const shown = names.toSorted().slice(0, 4).map(code).join(', ');
  return names.length > 4 ? `${names.length}: ${shown} and others` : shown;
}

function shareOf(shares) {
  const percents = [...new Set(shares.map((share) => Math.round(share * PERCENT)))].toSorted((a, b) => a - b);
  return percents.map((percent) => `${percent} %`).join(' to ');
}

const DAYS = ['', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

function hoursOf({ windows }) {
  const parts = windows.map(({ hours_utc: hours, weekdays, dates }) => {
    const spans = [hours].flat();
    const named = dates ? 'public holidays' : namedDays(weekdays.map((day) => DAYS[day]));
    return `${named} ${spans.join(', ') === '00:00-00:00' ? 'all day' : spans.join(', ')}`;
  });
  return `UTC: ${parts.join('; ')}`;
}

function namedDays(days) {
  return days.length > 2 ? `${days[0]} to ${days.at(-1)}` : days.join(' and ');
}
