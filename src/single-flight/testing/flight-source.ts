import type { FlightResult, FlightSource } from '../flight-result';

/** Makes a generator the source of a flight. */
export function flightSource(texts: AsyncGenerator<string, FlightResult | undefined, undefined>): FlightSource {
  return { next: () => texts.next(), return: async () => void (await texts.return(undefined)) };
}
