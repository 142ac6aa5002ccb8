/** A total in shares by weight: whole numbers, whose sum is the total. The shares are equal where all weights are 0. */
export function apportioned(total: bigint, weights: readonly number[]): bigint[] {
  const sizes = weights.some((weight) => weight > 0) ? weights : weights.map(() => 1);
  const whole = sizes.reduce((sum, size) => sum + BigInt(size), 0n);
  let [sizeSoFar, given] = [0n, 0n];
  return sizes.map((size) => {
    sizeSoFar += BigInt(size);
    // What all up to this one have together, so that nothing is lost in rounding.
    const upToHere = (total * sizeSoFar) / whole;
    const share = upToHere - given;
    given = upToHere;
    return share;
  });
}
