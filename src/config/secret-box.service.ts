import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataDirectory } from './data-directory';
import { GatewayConfig } from './gateway-config';

const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Encrypts secrets for the database, under a key derived from SECRET_KEY. */
@Injectable()
export class SecretBox {
  private readonly key: Buffer;

  constructor(config: GatewayConfig, dataDirectory: DataDirectory) {
    const secretKey = config.secretKey ?? dataDirectory.secretKey();
    this.key = Buffer.from(hkdfSync('sha256', secretKey, '', 'webhook secrets', KEY_BYTES));
  }

  close(secret: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.key, nonce);
    const body = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64');
  }

  /** @returns undefined if the ciphertext was changed, or encrypted under another SECRET_KEY */
  open(closed: string): string | undefined {
    const bytes = Buffer.from(closed, 'base64');
    if (bytes.length < NONCE_BYTES + TAG_BYTES) return undefined;
    const options = { authTagLength: TAG_BYTES };
    const decipher = createDecipheriv(ALGORITHM, this.key, bytes.subarray(0, NONCE_BYTES), options);
    decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    const body = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES));
    try {
      return Buffer.concat([body, decipher.final()]).toString('utf8');
    } catch {
      return undefined;
    }
  }
}
