import type { DataDirectory } from '../config/data-directory';
import type { GatewayConfig } from '../config/gateway-config';
import { AnchorSigner } from './anchor-signer.service';

const PLACE = { seq: 12, hash: 'ab'.repeat(32) };
const signerOf = (secretKey?: string, previousSecretKey?: string) =>
  new AnchorSigner({ secretKey, previousSecretKey } as GatewayConfig, { secretKey: () => 'stored' } as DataDirectory);

describe('an anchor of the audit', () => {
  it('names an entry, and is signed under SECRET_KEY or the secret of the data directory', () => {
    const anchor = signerOf('new').sign(PLACE);
    expect(anchor).toMatch(/^12:(ab){32}:[0-9a-f]{64}$/);
    expect(signerOf('new').read(anchor)).toEqual(PLACE);
    expect(signerOf('stored').read(signerOf().sign(PLACE))).toEqual(PLACE);
  });

  it('counts under the SECRET_KEY before, too', () => {
    const anchor = signerOf('old').sign(PLACE);
    expect(signerOf('new', 'old').read(anchor)).toEqual(PLACE);
    expect(signerOf('new').read(anchor)).toBeUndefined();
  });

  it('is not taken with a changed number, hash or HMAC', () => {
    const signer = signerOf('new');
    const [seq, hash, hmac] = signer.sign(PLACE).split(':');
    expect(signer.read(`13:${hash}:${hmac}`)).toBeUndefined();
    expect(signer.read(`${seq}:${'cd'.repeat(32)}:${hmac}`)).toBeUndefined();
    expect(signer.read(`${seq}:${hash}:${'0'.repeat(64)}`)).toBeUndefined();
    expect(signer.read(`${seq}:${hash}:`)).toBeUndefined();
  });

  it('may be without an HMAC, as the hash of an event', () => {
    expect(signerOf('new').read(`12:${PLACE.hash}`)).toEqual(PLACE);
  });
});
