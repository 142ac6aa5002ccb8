import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { DataDirectory } from '../config/data-directory';
import { GatewayConfig } from '../config/gateway-config';

/** Keys that are sent again and again; an HMAC takes several times as long as a look at it. */
const KEPT_HASHES = 10_000;

/** Hashes API keys for storage and look-up. */
@Injectable()
export class KeyHasher {
  private readonly secret: KeyObject;
  private readonly previous: KeyObject | undefined;
  /** By SHA-256: no key stays in memory. */
  private readonly kept = new LRUCache<string, string>({ max: KEPT_HASHES });

  constructor(config: GatewayConfig, dataDirectory: DataDirectory) {
    // Imported once: in Node 24 an HMAC with the secret as bytes takes ten times as long.
    this.secret = secretOf(config.secretKey ?? dataDirectory.secretKey());
    this.previous = config.previousSecretKey === undefined ? undefined : secretOf(config.previousSecretKey);
  }

  /** @returns HMAC-SHA256 of the key's text under SECRET_KEY, in hex */
  hash(keyText: string): string {
    const digest = hash('sha256', keyText, 'base64');
    const kept = this.kept.get(digest);
    if (kept !== undefined) return kept;
    const hashed = hmac(this.secret, keyText);
    this.kept.set(digest, hashed);
    return hashed;
  }

  /** The same under SECRET_KEY_PREVIOUS; undefined where none is set. */
  previousHash(keyText: string): string | undefined {
    return this.previous && hmac(this.previous, keyText);
  }
}

function secretOf(text: string): KeyObject {
  return createSecretKey(Buffer.from(text));
}

function hmac(secret: KeyObject, text: string): string {
  return createHmac('sha256', secret).update(text).digest('hex');
}
