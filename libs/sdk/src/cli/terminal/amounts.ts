import type { Messages } from '../text/messages-en';

const SHARE_DIGITS = { style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 } as const;
const MINUTE = { dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23' } as const;
const UNITS = [
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** Amounts as people of a language read them. */
export class Amounts {
  private readonly whole: Intl.NumberFormat;
  private readonly share: Intl.NumberFormat;
  private readonly locale: string;

  constructor({ locale }: Pick<Messages, 'locale'>) {
    this.whole = new Intl.NumberFormat(locale);
    this.share = new Intl.NumberFormat(locale, SHARE_DIGITS);
    this.locale = locale;
  }

  count(value: number): string {
    return this.whole.format(value);
  }

  /** Exact dollars. @param decimal a decimal string of the API */
  usd(decimal: string): string {
    return decimal.startsWith('-') ? `-$${decimal.slice(1)}` : `$${decimal}`;
  }

  /** A saving and its part of the list price, as in `$0.006 (62.5%)`. The part is rounded; both amounts are exact elsewhere. */
  saving(saved: string, list: string): string {
    const part = Number(saved) / Number(list);
    return Number.isFinite(part) ? `${this.usd(saved)} (${this.share.format(part)})` : this.usd(saved);
  }

  /**
   * A moment, to the minute.
   *
   * @param value Unix seconds, or RFC 3339
   * @param timeZone an IANA name; the machine's by default
   */
  time(value: number | string, timeZone?: string): string {
    const moment = new Intl.DateTimeFormat(this.locale, { ...MINUTE, timeZone });
    return moment.format(typeof value === 'number' ? value * 1000 : new Date(value));
  }

  /** In its largest unit. @param seconds not negative */
  duration(seconds: number): string {
    const [unit, size] = UNITS.find(([, each]) => seconds >= each) ?? (['second', 1] as const);
    const value = Math.max(1, Math.round(seconds / size));
    return new Intl.NumberFormat(this.locale, {
      style: 'unit',
      unit,
      unitDisplay: 'long',
    }).format(value);
  }

  /** Kilobytes or megabytes, with a decimal place. */
  size(bytes: number): string {
    return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
  }
}
