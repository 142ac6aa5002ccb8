import fc from 'fast-check';
import type { DataDirectory } from './data-directory';
import type { GatewayConfig } from './gateway-config';
import { SecretBox } from './secret-box.service';

describe('the box of secrets', () => {
  const boxOf = (secretKey: string) => new SecretBox({ secretKey } as GatewayConfig, {} as DataDirectory);
  const box = boxOf('a secret key of the gateway');

  it('opens what it closed, and nothing that was changed', () => {
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

  it('opens nothing that another key closed, that was cut, or that is not there', () => {
    const closed = box.close('whsec_abc');
    expect(boxOf('another secret key').open(closed)).toBeUndefined();
    expect(box.open(closed.slice(0, 20))).toBeUndefined();
    expect(box.open('')).toBeUndefined();
  });

  it('never closes the same in the same way', () => {
    expect(box.close('whsec_abc')).not.toBe(box.close('whsec_abc'));
    expect(box.close('whsec_abc')).not.toContain('whsec');
  });
});
