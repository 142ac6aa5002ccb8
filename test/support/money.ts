import { formatUsd } from '../../src/common/money';

/** Dollars in the gateway's format. The amount is in millionths of a dollar: tokens × dollars per million tokens. */
export function usd(microUsd: number): string {
  return formatUsd(BigInt(Math.round(microUsd * 1_000_000)));
}
