import { modelOfKey } from '../key/cache-key';
import { type GenerationBytes, nameOf } from './answer-index.store';

/** The bytes of the bodies in memory by what their keys have in common, which cache-manager does not report. */
export class GenerationSizes {
  private readonly bytesByPrefix = new Map<string, number>();

  /** @param bytes negative where the body is removed */
  add(key: string, bytes: number): void {
    const prefix = key.slice(0, key.lastIndexOf(':'));
    const sum = (this.bytesByPrefix.get(prefix) ?? 0) + bytes;
    if (sum === 0) this.bytesByPrefix.delete(prefix);
    else this.bytesByPrefix.set(prefix, sum);
  }

  all(): GenerationBytes[] {
    const sums = new Map<string, GenerationBytes>();
    for (const [prefix, bytes] of this.bytesByPrefix) {
      const { model, generation } = modelOfKey(`${prefix}:`);
      const name = nameOf(model, generation);
      const before = sums.get(name)?.bytes ?? 0;
      sums.set(name, { model, generation, bytes: before + bytes });
    }
    return [...sums.values()];
  }
}
