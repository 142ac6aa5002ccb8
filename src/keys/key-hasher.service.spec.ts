import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import type { DataDirectory } from '../config/data-directory';
import type { GatewayConfig } from '../config/gateway-config';
import { KeyHasher } from './key-hasher.service';

describe('the key hasher', () => {
  it('computes HMAC-SHA256, also with secrets longer than a block', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 16, maxLength: 200 }), fc.string({ unit: 'binary' }), (secretKey, key) => {
        const hasher = new KeyHasher({ secretKey } as GatewayConfig, {} as DataDirectory);
        expect(hasher.hash(key)).toBe(createHmac('sha256', secretKey).update(key).digest('hex'));
      }),
    );
  });

  it('tells keys apart that it has hashed before', () => {
    const secretKey = 'a secret key of some length';
    const hasher = new KeyHasher({ secretKey } as GatewayConfig, {} as DataDirectory);
    const hashOf = (key: string) => createHmac('sha256', secretKey).update(key).digest('hex');
    for (const key of ['sk-tg-1', 'sk-tg-2', 'sk-tg-1', '', 'sk-tg-2 ']) expect(hasher.hash(key)).toBe(hashOf(key));
  });

  it('has another hash under SECRET_KEY_PREVIOUS, if there is one', () => {
    const before = new KeyHasher({ secretKey: 'the secret key before' } as GatewayConfig, {} as DataDirectory);
    const settings = { secretKey: 'the secret key now', previousSecretKey: 'the secret key before' };
    const hasher = new KeyHasher(settings as GatewayConfig, {} as DataDirectory);
    expect(hasher.previousHash('sk-tg-1')).toBe(before.hash('sk-tg-1'));
    expect(before.previousHash('sk-tg-1')).toBeUndefined();
  });
});
