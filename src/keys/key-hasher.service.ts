import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataDirectory } from '../config/data-directory';
import { GatewayConfig } from '../config/gateway-config';

/** Hashes API keys for storage and look-up. */
@Injectable()
export class KeyHasher {
  private readonly secret: KeyObject;

  constructor(config: GatewayConfig, dataDirectory: DataDirectory) {
    // Imported once: in Node 24 an HMAC with the secret as bytes takes ten times as long.
    this.secret = createSecretKey(Buffer.from(config.secretKey ?? dataDirectory.secretKey()));
  }

  /** @returns HMAC-SHA256 of the key's text under SECRET_KEY, in hex */
  hash(keyText: string): string {
    return createHmac('sha256', this.secret).update(keyText).digest('hex');
  }
}
