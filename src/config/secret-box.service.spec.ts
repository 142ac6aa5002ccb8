import fc from 'fast-check';
import type { DataDirectory } from './data-directory';
import type { GatewayConfig } from './gateway-config';
import { SecretBox } from './secret-box.service';

describe('SecretBox', () => {
  const boxOf = (secretKey: string) => new SecretBox({ secretKey } as GatewayConfig, {} as DataDirectory);
  const box = boxOf('a secret key of the gateway');

  it('decrypts its own ciphertext, unless it was changed', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 100 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (secret, at, change) => {
          const closed = box.close(secret);
          expect(box.open(closed)).toBe(secret);
          const bytes = Buffer.from(closed, 'base64');
          const place = at % bytes.length;
          bytes[place] = (bytes[place] ?? 0) ^ change;
          expect(box.open(bytes.toString('base64'))).toBeUndefined();
        },
      ),
    );
  });

  it('does not decrypt a ciphertext of another key, a truncated one or an empty one', () => {
    const closed = box.close('whsec_abc');
    expect(boxOf('another secret key').open(closed)).toBeUndefined();
    expect(box.open(closed.slice(0, 20))).toBeUndefined();
    expect(box.open('')).toBeUndefined();
  });

  it('encrypts the same text differently each time', () => {
    expect(box.close('whsec_abc')).not.toBe(box.close('whsec_abc'));
    expect(box.close('whsec_abc')).not.toContain('whsec');
  });
});
