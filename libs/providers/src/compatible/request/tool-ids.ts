import { createHash } from 'node:crypto';

const NINE = /^[a-zA-Z0-9]{9}$/;
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/**
 * Ids of tool calls as nine letters and digits. The same id gives the same nine in each turn, and different ids of a
 * conversation give different ones.
 */
export class NineLetterIds {
  readonly #given = new Map<string, string>();
  readonly #used = new Set<string>();

  of(id: string): string {
    const known = this.#given.get(id);
    if (known !== undefined) return known;
    let nine = NINE.test(id) ? id : nineOf(id);
    for (let salt = 1; this.#used.has(nine); salt += 1) nine = nineOf(`${id}#${salt}`);
    this.#given.set(id, nine);
    this.#used.add(nine);
    return nine;
  }
}

function nineOf(text: string): string {
  const bytes = createHash('sha256').update(text).digest();
  return Array.from(bytes.subarray(0, 9), (byte) => LETTERS[byte % LETTERS.length]).join('');
}
