import { createHmac, createSecretKey, hkdfSync, type KeyObject, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataDirectory } from '../config/data-directory';
import { GatewayConfig } from '../config/gateway-config';
import type { ChainPlace } from './chain.repository';

const KEY_BYTES = 32;

/**
 * Signs entries of the chain as anchors: what is kept elsewhere to show that the chain was cut off or computed anew. An anchor is
 * `<seq>:<hash>:<hmac>`; whoever can write to the database but does not have SECRET_KEY cannot make one.
 */
@Injectable()
export class AnchorSigner {
  private readonly current: KeyObject;
  private readonly all: readonly KeyObject[];

  constructor({ secretKey, previousSecretKey }: GatewayConfig, dataDirectory: DataDirectory) {
    this.current = derivedFrom(secretKey ?? dataDirectory.secretKey());
    this.all = previousSecretKey === undefined ? [this.current] : [this.current, derivedFrom(previousSecretKey)];
  }

  sign({ seq, hash }: ChainPlace): string {
    return `${seq}:${hash}:${hmac(this.current, `${seq}:${hash}`).toString('hex')}`;
  }

  /**
   * Reads an anchor; its HMAC may be left out.
   *
   * @param anchor as {@link sign} makes it
   * @returns undefined if its HMAC is of neither SECRET_KEY nor SECRET_KEY_PREVIOUS
   */
  read(anchor: string): ChainPlace | undefined {
    const [seq = '', hash = '', signature] = anchor.split(':');
    const isSigned = (key: KeyObject) => {
      const given = Buffer.from(signature ?? '', 'hex');
      const wanted = hmac(key, `${seq}:${hash}`);
      return given.length === wanted.length && timingSafeEqual(given, wanted);
    };
    return signature === undefined || this.all.some(isSigned) ? { seq: Number(seq), hash } : undefined;
  }
}

function derivedFrom(secretKey: string): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', secretKey, '', 'anchors of the audit', KEY_BYTES)));
}

function hmac(key: KeyObject, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
