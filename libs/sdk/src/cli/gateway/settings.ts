import { UsageError } from '../terminal/exit-codes';
import type { Messages } from '../text/messages-en';

const DEFAULT_URL = 'http://127.0.0.1:3000';

/** Which gateway, and whose key. */
export interface Settings {
  /** Without a slash or `/v1` at its end. */
  baseUrl: string;
  apiKey: string;
}

/**
 * The settings of options, else of variables; those of OpenAI's SDKs come last.
 *
 * @throws UsageError without a key, or with an address that is none
 */
export function settingsOf(
  options: { baseUrl?: string; apiKey?: string },
  env: NodeJS.ProcessEnv,
  messages: Messages,
): Settings {
  const apiKey = firstOf(options.apiKey, env.THRIFTGATE_API_KEY, env.OPENAI_API_KEY);
  if (apiKey === undefined) throw new UsageError(messages.usage.noKey);
  const baseUrl = firstOf(options.baseUrl, env.THRIFTGATE_BASE_URL, env.OPENAI_BASE_URL) ?? DEFAULT_URL;
  if (!/^https?:/i.test(baseUrl) || !URL.canParse(baseUrl)) {
    throw new UsageError(messages.usage.badValue('--base-url', baseUrl, messages.usage.url));
  }
  return { apiKey, baseUrl: baseUrl.replace(/\/+$/, '').replace(/\/v1$/, '') };
}

/** An empty variable is as good as none. */
function firstOf(...values: (string | undefined)[]): string | undefined {
  return values.map((value) => value?.trim()).find((value) => value !== undefined && value !== '');
}
