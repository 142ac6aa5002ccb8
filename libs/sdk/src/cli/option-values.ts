import { UsageError } from './terminal/exit-codes';
import type { Messages } from './text/messages-en';

/** Readers of options' values, which say what is wrong in the user's language. */
export class OptionValues {
  constructor(private readonly messages: Messages['usage']) {}

  readonly count = (option: string) => (value: string) =>
    /^[1-9]\d{0,8}$/.test(value) ? Number(value) : this.refuse(option, value, this.messages.number);

  readonly window = (value: string) =>
    /^([1-9]|1\d|2[0-4])h$/.test(value) ? value : this.refuse('--window', value, this.messages.window);

  readonly oneOf = (option: string, values: readonly string[]) => (value: string) =>
    values.includes(value) ? value : this.refuse(option, value, this.messages.oneOf(values));

  /** A pair, together with earlier ones. */
  readonly pair = (value: string, earlier: Record<string, string> = {}) => {
    const [, name, text] = /^([^=]+)=([^]*)$/.exec(value) ?? [];
    if (name === undefined || text === undefined) return this.refuse('--metadata', value, this.messages.pair);
    return { ...earlier, [name]: text };
  };

  private refuse(option: string, value: string, wanted: string): never {
    throw new UsageError(this.messages.badValue(option, value, wanted));
  }
}
