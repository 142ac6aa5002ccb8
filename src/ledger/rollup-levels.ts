/** What a roll-up can keep apart. */
export type RollupDimension =
  'team_id' | 'key_id' | 'model' | 'provider' | 'cache_status' | 'saved_by' | 'stream' | 'batch' | 'tags';

export type RollupUnit = 'hour' | 'six_hours' | 'day';

const HOUR_MS = 3_600_000;
/** How long the units are, in milliseconds, the coarsest first. All begin at midnight of UTC. */
export const UNIT_MS: Readonly<Record<RollupUnit, number>> = {
  day: 24 * HOUR_MS,
  six_hours: 6 * HOUR_MS,
  hour: HOUR_MS,
};

export interface RollupLevel {
  name: string;
  /** By what its rows are summed; keys and tags by the hour hardly make fewer rows than there are, if models are kept apart too. */
  units: readonly RollupUnit[];
  /** What its rows keep apart; elsewhere they have '' or false. */
  keeps: readonly RollupDimension[];
  /** The level whose rows it sums. */
  of?: string;
}

/** Every dimension with what stands where it is not kept apart, in the order of the columns of `usage_rollups`. */
export const ROLLUP_DIMENSIONS: Readonly<Record<RollupDimension, string>> = {
  team_id: "''",
  key_id: "''",
  model: "''",
  provider: "''",
  cache_status: "''",
  saved_by: "''",
  stream: 'false',
  batch: 'false',
  tags: "''",
};

/** The columns that name a row of the roll-ups. A list of tags may be longer than an index takes, so its hash stands for it. */
export const ROLLUP_KEY: readonly string[] = [
  'grain',
  'period',
  ...Object.keys(ROLLUP_DIMENSIONS).map((dimension) => (dimension === 'tags' ? 'tags_hash' : dimension)),
];

/**
 * The levels of the roll-ups, the finest first. Keys, tags and teams multiply: with many of them the finest level has
 * hardly fewer rows than the ledger, so a report reads the coarsest level that tells apart what it asks for.
 *
 * What a level that has landed keeps apart is never changed: rows of it are in databases. A new level or unit needs its
 * partition and its rows by a migration.
 */
export const ROLLUP_LEVELS: readonly RollupLevel[] = [
  { name: 'call', units: ['hour'], keeps: Object.keys(ROLLUP_DIMENSIONS) as RollupDimension[] },
  // Nothing asks for keys or tags together with what has saved, streams or batches.
  {
    name: 'names',
    of: 'call',
    units: ['day'],
    keeps: ['team_id', 'key_id', 'model', 'provider', 'cache_status', 'tags'],
  },
  { name: 'tag', of: 'names', units: ['day'], keeps: ['team_id', 'model', 'provider', 'cache_status', 'tags'] },
  { name: 'key', of: 'names', units: ['day'], keeps: ['team_id', 'key_id', 'model', 'provider', 'cache_status'] },
  { name: 'key_tag', of: 'names', units: ['day'], keeps: ['team_id', 'key_id', 'tags'] },
  { name: 'key_model', of: 'key', units: ['day'], keeps: ['team_id', 'key_id', 'model'] },
  // The advice on traffic that can wait leaves out streams, batches and what has saved already.
  { name: 'traffic', of: 'call', units: ['day'], keeps: ['team_id', 'model', 'saved_by', 'stream', 'batch'] },
  // Days of other time zones are sums of six hours and of hours.
  { name: 'caller', of: 'key_tag', units: ['hour', 'six_hours', 'day'], keeps: ['team_id', 'key_id'] },
  { name: 'tags', of: 'key_tag', units: ['hour'], keeps: ['team_id', 'tags'] },
  { name: 'model_tag', of: 'tag', units: ['hour', 'day'], keeps: ['model', 'tags'] },
  {
    name: 'team',
    of: 'call',
    units: ['hour', 'day'],
    keeps: ['team_id', 'model', 'provider', 'cache_status', 'saved_by'],
  },
  { name: 'account', of: 'team', units: ['hour', 'six_hours', 'day'], keeps: ['team_id', 'model'] },
  { name: 'team_only', of: 'account', units: ['hour', 'six_hours', 'day'], keeps: ['team_id'] },
  {
    name: 'model',
    of: 'team',
    units: ['hour', 'six_hours', 'day'],
    keeps: ['model', 'provider', 'cache_status', 'saved_by'],
  },
];

/** How rows of a level are marked: those of the finest by the unit alone. */
export function grainOf(unit: RollupUnit, level: RollupLevel): string {
  return level.of === undefined ? unit : `${unit} by ${level.name}`;
}

/** The rows of a unit on the coarsest level that keeps apart all that is asked for; undefined where none of the unit does. */
export function grainFor(unit: RollupUnit, apart: readonly RollupDimension[]): string | undefined {
  const level = ROLLUP_LEVELS.findLast(
    ({ units, keeps }) => units.includes(unit) && apart.every((dimension) => keeps.includes(dimension)),
  );
  return level && grainOf(unit, level);
}
