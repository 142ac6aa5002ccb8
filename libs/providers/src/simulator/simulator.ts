import { openAiBatches } from '../batches/openai-batches';
import { openAi } from '../openai/openai';
import type { Provider } from '../provider';

/** How often a batch of the simulator is looked at, in milliseconds: it runs for seconds. */
const POLL_MS = 1_000;

/** The simulator: OpenAI's API without rules for any model, with batches. */
export const simulator: Provider = {
  ...openAi,
  id: 'simulator',
  batches: {
    ...openAiBatches({
      see: 'https://platform.openai.com/docs/guides/batch',
      limits: { lines: 50_000, bytes: 200 * 1024 * 1024 },
      discount: { millionths: 500_000, stacks: true },
      calls: ['/chat/completions', '/embeddings'],
      metadata: true,
    }),
    pollMs: POLL_MS,
  },
};
