import type { ModelObject } from '@thriftgate/contracts';
import { compareDecimal } from '../format';

const UNKNOWN = 'gpt-4.1-mini';
/** Models of these names do not chat. */
const OTHER_KINDS = /embed|whisper|tts|audio|image|dall-e|moderation|rerank|realtime|transcribe|search/i;

/** The cheapest model that chats and has a price; for a first call. */
export function usualModel(models: readonly ModelObject[]): string {
  const chats = models.filter(({ id, gateway }) => !OTHER_KINDS.test(id) && isPriced(gateway));
  const known = chats.find(({ id }) => id === UNKNOWN);
  const [cheapest] = chats.toSorted((left, right) =>
    compareDecimal(left.gateway.output_usd_per_mtok, right.gateway.output_usd_per_mtok),
  );
  return (known ?? cheapest ?? models[0])?.id ?? UNKNOWN;
}

const isPriced = ({ price_estimated: isEstimated, output_usd_per_mtok: output }: ModelObject['gateway']) =>
  !isEstimated && compareDecimal(output, '0') > 0;
