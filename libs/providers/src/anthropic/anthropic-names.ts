import { createHash } from 'node:crypto';

/** The format of reasoning details, and of turns that are put back. @see https://openrouter.ai/docs/use-cases/reasoning-tokens */
export const CLAUDE_FORMAT = 'anthropic-claude-v1';

/** Names of tools and ids of their calls. @see https://platform.claude.com/docs/en/agents-and-tools/tool-use/implement-tool-use */
const TAKEN = /^[a-zA-Z0-9_-]{1,128}$/;
const NOT_TAKEN = /[^a-zA-Z0-9_-]/g;
const KEPT_LENGTH = 100;
const DIGEST_LENGTH = 16;

/** The name, or one that Anthropic takes: the same for equal names, another one for different names. */
export function takenName(name: string): string {
  if (TAKEN.test(name)) return name;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, DIGEST_LENGTH);
  return `${name.replaceAll(NOT_TAKEN, '_').slice(0, KEPT_LENGTH)}_${digest}`;
}
