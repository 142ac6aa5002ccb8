import type { FastifyRequest } from 'fastify';
import { GatewayError } from '../../common/errors';

/** Smaller bodies are not counted, in bytes. */
const LARGE_BYTES = 1024 * 1024;
/** What the large bodies of one key may take at a time, in bytes: one batch, or eight of the largest calls. */
const MAX_BYTES_OF_KEY = 512 * 1024 * 1024;

/** Counts the large bodies of each key until their requests end, so that no key fills the memory, or the disk. */
export class BodyMemory {
  private readonly bytesOf = new Map<string, number>();

  private readonly counted = new WeakMap<FastifyRequest, { keyId: string; bytes: number }>();

  /** Whether a request may have a large body: then {@link release} is called when it has ended. */
  mayCount({ headers }: FastifyRequest): boolean {
    return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) >= LARGE_BYTES;
  }

  /**
   * Counts a body; again where more of it has come.
   *
   * @param bytes its length, or what has come of it
   * @returns the error where the key has no room
   */
  refusalOf(request: FastifyRequest, bytes: number): GatewayError | undefined {
    const { keyId } = request.caller ?? {};
    if (bytes < LARGE_BYTES || keyId === undefined) return undefined;
    const before = this.counted.get(request)?.bytes ?? 0;
    const taken = (this.bytesOf.get(keyId) ?? 0) - before + bytes;
    if (taken > MAX_BYTES_OF_KEY) return noRoom();
    this.bytesOf.set(keyId, taken);
    this.counted.set(request, { keyId, bytes });
    return undefined;
  }

  release(request: FastifyRequest): void {
    const counted = this.counted.get(request);
    if (!counted) return;
    const { keyId, bytes } = counted;
    this.counted.delete(request);
    const left = (this.bytesOf.get(keyId) ?? 0) - bytes;
    if (left > 0) this.bytesOf.set(keyId, left);
    else this.bytesOf.delete(keyId);
  }
}

function noRoom(): GatewayError {
  const message = `The large request bodies of this key already take ${MAX_BYTES_OF_KEY / 1024 / 1024} MB. Try again when one of its calls has ended.`;
  return new GatewayError('rate_limit_exceeded', { message });
}
