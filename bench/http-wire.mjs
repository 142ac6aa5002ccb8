/**
 * Minimal HTTP/1.1 for a load generator and a mock upstream, over raw sockets. On one core, both together handle several times
 * as many calls as the proxies under test, unlike `node:http` and undici.
 */
const HEAD_END = Buffer.from('\r\n\r\n');
const LINE_END = Buffer.from('\r\n');

/**
 * Splits a byte stream into HTTP messages, requests or responses, with a Content-Length or chunked (neither: no body).
 * Calls `onHead(head)` with the head as text, `onBody(bytes)` for each piece of the body, and `onEnd()`.
 */
export class WireReader {
  #handlers;
  #rest = null;
  #state = 'head';
  #left = 0;

  constructor(handlers) {
    this.#handlers = handlers;
  }

  push(chunk) {
    let bytes = this.#rest === null ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#rest = null;
    while (bytes.length > 0) {
      const used = this.#step(bytes);
      if (used === 0) {
        this.#rest = bytes;
        return;
      }
      bytes = bytes.subarray(used);
    }
  }

  /** Parses the start of `bytes`; returns the number of consumed bytes, 0 if it needs more. */
  #step(bytes) {
    switch (this.#state) {
      case 'head':
        return this.#readHead(bytes);
      case 'fixed':
      case 'chunk':
        return this.#readBody(bytes);
      case 'size':
        return this.#readSize(bytes);
      default:
        return this.#readLineEnd(bytes);
    }
  }

  #readHead(bytes) {
    const end = bytes.indexOf(HEAD_END);
    if (end < 0) return 0;
    const head = bytes.latin1Slice(0, end);
    this.#handlers.onHead(head);
    if (/\r\ntransfer-encoding: *chunked/i.test(head)) {
      this.#state = 'size';
    } else {
      this.#left = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
      this.#state = 'fixed';
      if (this.#left === 0) this.#finish();
    }
    return end + 4;
  }

  #readBody(bytes) {
    const piece = bytes.length > this.#left ? bytes.subarray(0, this.#left) : bytes;
    this.#left -= piece.length;
    this.#handlers.onBody(piece);
    if (this.#left === 0) {
      if (this.#state === 'fixed') this.#finish();
      else this.#state = 'chunkEnd';
    }
    return piece.length;
  }

  #readSize(bytes) {
    const end = bytes.indexOf(LINE_END);
    if (end < 0) return 0;
    this.#left = Number.parseInt(bytes.latin1Slice(0, end), 16);
    this.#state = this.#left === 0 ? 'lastEnd' : 'chunk';
    return end + 2;
  }

  #readLineEnd(bytes) {
    if (bytes.length < 2) return 0;
    if (this.#state === 'chunkEnd') this.#state = 'size';
    else this.#finish();
    return 2;
  }

  #finish() {
    this.#state = 'head';
    this.#handlers.onEnd();
  }
}
