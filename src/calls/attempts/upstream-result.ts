import type { FlightOrigin, FlightSource, SharedAnswer } from '../../single-flight/flight-result';

/**
 * What an upstream answered: a whole answer, or a stream whose first content has come. The rest of a stream must be read to
 * its end or returned; returning it early ends the upstream call and settles what was used.
 */
export type UpstreamResult =
  | { kind: 'json'; attempts: number; answer: SharedAnswer; stored: boolean }
  | { kind: 'stream'; attempts: number; origin: FlightOrigin; first: string; rest: FlightSource };
