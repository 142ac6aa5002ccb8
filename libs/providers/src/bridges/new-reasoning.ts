import { mergeDetails } from '../reasoning-details';
import { type JsonRecord, nonEmptyString } from '../json-record';

/** Reasoning of a chat completion for the vendor itself, which gets it back with the next request. */
interface Reasoning {
  details: unknown[];
  text: string;
}

/** The reasoning that a chat stream has brought and that nothing written so far carries. */
export class NewReasoning {
  #details: unknown[] = [];
  #text = '';

  get hasDetails(): boolean {
    return this.#details.length > 0;
  }

  /** Adds that of a delta. */
  add({ reasoning_details: details, reasoning_content: text }: JsonRecord): void {
    if (Array.isArray(details)) mergeDetails(this.#details, details);
    this.#text += nonEmptyString(text) ?? '';
  }

  /** What came since the last time. */
  take(): Reasoning {
    const taken = { details: this.#details, text: this.#text };
    this.#details = [];
    this.#text = '';
    return taken;
  }
}
