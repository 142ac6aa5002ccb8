/** A total in shares by weight: whole numbers, whose sum is the total. @param weights integers, of which one at least is not 0 */
export function apportioned(total: bigint, weights: readonly number[]): bigint[] {
  const whole = weights.reduce((sum, weight) => sum + BigInt(weight), 0n);
  let [weightSoFar, given] = [0n, 0n];
  return weights.map((weight) => {
    weightSoFar += BigInt(weight);
    // What all up to this one have together, so that nothing is lost in rounding.
    const upToHere = (total * weightSoFar) / whole;
    const share = upToHere - given;
    given = upToHere;
    return share;
  });
}
