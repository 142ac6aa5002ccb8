import { Injectable } from '@nestjs/common';
import { GatewayError } from '../common/errors';

/** Of a key, in this process: a console has one for each tab. */
const MAX_STREAMS = 20;

/** Counts the open streams of each key. */
@Injectable()
export class OpenStreams {
  private readonly counts = new Map<string, number>();

  /** @returns to be called when the stream has ended @throws GatewayError `rate_limit_exceeded` */
  open(keyId: string): () => void {
    const open = this.counts.get(keyId) ?? 0;
    if (open >= MAX_STREAMS)
      throw new GatewayError('rate_limit_exceeded', {
        message: `This key has ${MAX_STREAMS} streams of events open, which is the limit. Close one first.`,
        retryAfterSeconds: 5,
      });
    this.counts.set(keyId, open + 1);
    let closed = false;
    return () => {
      if (closed) return;
      closed = true;
      const left = (this.counts.get(keyId) ?? 1) - 1;
      if (left === 0) this.counts.delete(keyId);
      else this.counts.set(keyId, left);
    };
  }
}
