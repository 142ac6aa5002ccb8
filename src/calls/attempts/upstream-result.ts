import type { FlightOrigin, FlightSource, SharedAnswer } from '../../single-flight/flight-result';

/**
 * What an upstream gave, before it is anybody's answer: a whole one, or a stream whose first content has come. The rest of a
 * stream must be ended in any case; ending it early gives the upstream call up and settles what was used.
 */
export type UpstreamResult =
  | { kind: 'json'; attempts: number; answer: SharedAnswer; stored: boolean }
  | { kind: 'stream'; attempts: number; origin: FlightOrigin; first: string; rest: FlightSource };
