import { createCipheriv, hkdfSync } from 'node:crypto';
import fc from 'fast-check';
import type { DataDirectory } from './data-directory';
import type { GatewayConfig } from './gateway-config';
import { SecretBox } from './secret-box.service';

const PLACE = 'webhooks/webhook_1';

describe('SecretBox', () => {
  const boxOf = (secretKey: string, previousSecretKey?: string) =>
    new SecretBox({ secretKey, previousSecretKey } as GatewayConfig, {} as DataDirectory);
  const box = boxOf('a secret key of the gateway');

  it('decrypts its own ciphertext, unless it was changed', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 100 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (secret, at, change) => {
          const closed = box.close(secret, PLACE);
          expect(box.open(closed, PLACE)).toBe(secret);
          const [version, key, text = ''] = closed.split('.');
          const bytes = Buffer.from(text, 'base64');
          const place = at % bytes.length;
          bytes[place] = (bytes[place] ?? 0) ^ change;
          expect(box.open(`${version}.${key}.${bytes.toString('base64')}`, PLACE)).toBeUndefined();
        },
      ),
    );
  });

  it('does not decrypt a ciphertext that was copied to another row', () =>
    expect(box.open(box.close('sk-1', PLACE), 'webhooks/webhook_2')).toBeUndefined());

  it('does not decrypt a ciphertext of another key, a truncated one or an empty one', () => {
    const closed = box.close('whsec_abc', PLACE);
    expect(boxOf('another secret key').open(closed, PLACE)).toBeUndefined();
    expect(box.open(closed.slice(0, 30), PLACE)).toBeUndefined();
    expect(box.open('', PLACE)).toBeUndefined();
    expect(box.open('v2..', PLACE)).toBeUndefined();
  });

  it('encrypts the same text differently each time', () => {
    expect(box.close('whsec_abc', PLACE)).not.toBe(box.close('whsec_abc', PLACE));
    expect(box.close('whsec_abc', PLACE)).not.toContain('whsec');
  });

  it('decrypts what was encrypted under SECRET_KEY_PREVIOUS, and encrypts under SECRET_KEY', () => {
    const old = box.close('whsec_abc', PLACE);
    const rotated = boxOf('a new secret key', 'a secret key of the gateway');
    expect([rotated.open(old, PLACE), rotated.isCurrent(old)]).toEqual(['whsec_abc', false]);
    const renewed = rotated.close('whsec_abc', PLACE);
    expect([boxOf('a new secret key').open(renewed, PLACE), rotated.isCurrent(renewed)]).toEqual(['whsec_abc', true]);
    expect(box.open(renewed, PLACE)).toBeUndefined();
  });

  it('decrypts the older form, which names neither key nor place', () => {
    const key = Buffer.from(hkdfSync('sha256', 'a secret key of the gateway', '', 'webhook secrets', 32));
    const cipher = createCipheriv('aes-256-gcm', key, Buffer.alloc(12));
    const body = Buffer.concat([cipher.update('whsec_old'), cipher.final()]);
    const older = Buffer.concat([Buffer.alloc(12), cipher.getAuthTag(), body]).toString('base64');
    expect([box.open(older, PLACE), box.isCurrent(older)]).toEqual(['whsec_old', false]);
    expect(boxOf('a new secret key', 'a secret key of the gateway').open(older, PLACE)).toBe('whsec_old');
  });
});
