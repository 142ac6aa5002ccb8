import type { CompatibleVendor } from '../quirks';
import { ASIAN_VENDORS } from './asian';
import { HOSTED_VENDORS } from './hosted';
import { OPENAI_VENDORS } from './openai';
import { SERVERS } from './servers';

/** The records of all vendors that have OpenAI's chat completions, by their names. */
export const COMPATIBLE_VENDORS = {
  ...OPENAI_VENDORS,
  ...HOSTED_VENDORS,
  ...ASIAN_VENDORS,
  ...SERVERS,
} as const satisfies Record<string, CompatibleVendor>;
