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
});
