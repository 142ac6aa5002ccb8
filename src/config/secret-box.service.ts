import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataDirectory } from './data-directory';
import { GatewayConfig } from './gateway-config';

const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
const KEY_NAME_BYTES = 4;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** A ciphertext is `v2.<name of its key>.<base64>`; older ones are base64 alone, and bound to no place. */
const FORM = /^v2\.([0-9a-f]+)\.([A-Za-z0-9+/=]+)$/;

/** The keys that are derived from one SECRET_KEY. */
interface DerivedKeys {
  /** Says which SECRET_KEY a ciphertext is of, and nothing more about it. */
  name: string;
  key: Buffer;
  /** Of ciphertexts in the older form. */
  olderKey: Buffer;
}

/**
 * Encrypts secrets for the database, under keys derived from SECRET_KEY. A ciphertext is bound to the place where it is stored:
 * copied to another row, it cannot be decrypted. What was encrypted under SECRET_KEY_PREVIOUS is decrypted too.
 */
@Injectable()
export class SecretBox {
  private readonly current: DerivedKeys;
  private readonly all: readonly DerivedKeys[];

  constructor(config: GatewayConfig, dataDirectory: DataDirectory) {
    this.current = derivedFrom(config.secretKey ?? dataDirectory.secretKey());
    const { previousSecretKey } = config;
    this.all = previousSecretKey === undefined ? [this.current] : [this.current, derivedFrom(previousSecretKey)];
  }

  /** @param place where it is stored: table, id and column */
  close(secret: string, place: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.current.key, nonce).setAAD(Buffer.from(place));
    const body = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
    const bytes = Buffer.concat([nonce, cipher.getAuthTag(), body]);
    return `v2.${this.current.name}.${bytes.toString('base64')}`;
  }

  /** @returns undefined if the ciphertext was changed or moved, or encrypted under another SECRET_KEY */
  open(closed: string, place: string): string | undefined {
    const [, name, text = ''] = FORM.exec(closed) ?? [];
    if (name === undefined) return first(this.all, ({ olderKey }) => decrypt(olderKey, closed, undefined));
    const keys = this.all.find((each) => each.name === name);
    return keys && decrypt(keys.key, text, place);
  }

  /** Whether a ciphertext is in the present form and under the present SECRET_KEY. */
  isCurrent(closed: string): boolean {
    return closed.startsWith(`v2.${this.current.name}.`);
  }
}

function derivedFrom(secretKey: string): DerivedKeys {
  const derive = (purpose: string, bytes: number) => Buffer.from(hkdfSync('sha256', secretKey, '', purpose, bytes));
  return {
    name: derive('name of the key', KEY_NAME_BYTES).toString('hex'),
    key: derive('secrets in the database', KEY_BYTES),
    olderKey: derive('webhook secrets', KEY_BYTES),
  };
}

function decrypt(key: Buffer, text: string, place: string | undefined): string | undefined {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length < NONCE_BYTES + TAG_BYTES) return undefined;
  const options = { authTagLength: TAG_BYTES };
  const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, NONCE_BYTES), options);
  if (place !== undefined) decipher.setAAD(Buffer.from(place));
  decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  const body = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES));
  try {
    return Buffer.concat([body, decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}

function first<T, Found>(items: readonly T[], find: (item: T) => Found | undefined): Found | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
