import type { CacheStats } from '@thriftgate/contracts';
import type { MessageId } from '../i18n/messages';

type Reason = CacheStats['generations'][number]['reason'];

/** Why a generation began. */
export const GENERATION_TEXTS = {
  configured: 'cache.began.configured',
  declared: 'cache.began.declared',
  invalidated: 'cache.began.invalidated',
  replaced: 'cache.began.replaced',
  retargeted: 'cache.began.retargeted',
  drift: 'cache.began.drift',
} as const satisfies Record<Reason, MessageId>;

/** Why a response was not stored; other reasons are shown by their code. */
export const REFUSED_TEXTS: Readonly<Record<string, MessageId>> = {
  bypass: 'cache.refused.bypass',
  not_stopped: 'cache.refused.notStopped',
  tool_calls: 'cache.refused.toolCalls',
  refused: 'cache.refused.refused',
  usage_missing: 'cache.refused.usageMissing',
  choice_missing: 'cache.refused.choiceMissing',
  other_model: 'cache.refused.otherModel',
  empty: 'cache.refused.empty',
  error: 'cache.refused.error',
  cut: 'cache.refused.cut',
};
