import { createHash } from 'node:crypto';

const DRAW_BYTES = 6;

/**
 * The key by which calls with one conversation's beginning find the same deployment. Teams never share one.
 *
 * @param prefix the stable beginning of a conversation
 */
export function affinityKey(teamId: string, model: string, prefix: string): string {
  return createHash('sha256').update(`${teamId}\0${model}\0`).update(prefix).digest('hex').slice(0, 32);
}

/** A number in [0, 1) for a key and a deployment: always the same one, and independent of other deployments. */
export function affinityDraw(key: string, deploymentId: string): number {
  const digest = createHash('sha256').update(`${key}\0${deploymentId}`).digest();
  return digest.readUIntBE(0, DRAW_BYTES) / 2 ** (8 * DRAW_BYTES);
}
