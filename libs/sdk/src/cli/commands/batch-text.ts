import type { BatchObject, BatchQuote } from '@thriftgate/contracts';
import type { Session } from '../gateway/session';
import { pairs, table } from '../terminal/table';

/** A quote for people. */
export function quoteText(quote: BatchQuote, { amounts, messages: { labels }, terminal }: Session): string {
  const { at_least: least, likely, at_most: most } = quote.cost_usd;
  const summary = pairs([
    [labels.lines, amounts.count(quote.lines)],
    [labels.duplicates, amounts.count(quote.duplicates)],
    [labels.cached, amounts.count(quote.cached)],
    [labels.inputTokens, amounts.count(quote.input_tokens)],
    [labels.listCost, amounts.usd(quote.list_cost_usd)],
    [labels.expectedCost, `${amounts.usd(likely)} (${labels.range(amounts.usd(least), amounts.usd(most))})`],
    [labels.saved, amounts.saving(quote.saved_usd, quote.list_cost_usd)],
    [labels.expectedEnd, amounts.time(quote.expected_end)],
  ]);
  const models = table(
    [
      { title: labels.model },
      { title: labels.provider },
      { title: labels.lines, side: 'right' },
      { title: labels.listCost, side: 'right' },
      { title: labels.expectedCost, side: 'right' },
    ],
    quote.models.map((each) => [
      each.model,
      each.provider ?? labels.none,
      amounts.count(each.lines),
      amounts.usd(each.list_cost_usd),
      amounts.usd(each.cost_usd),
    ]),
  );
  return `${terminal.bold(labels.quote)}\n${summary}\n\n${models}\n`;
}

/** A batch for people: its counts while it runs, its cost when it has ended. */
export function batchText(batch: BatchObject, { amounts, messages, terminal }: Session): string {
  const { labels } = messages;
  const { total, completed, failed } = batch.request_counts;
  const { gateway, usage } = batch;
  const endedAt = batch.completed_at ?? batch.failed_at ?? batch.expired_at ?? batch.cancelled_at;
  const some = (count: number) => (count > 0 ? amounts.count(count) : undefined);
  const summary = pairs([
    [labels.state, messages.status[batch.status]],
    [labels.lines, labels.done(amounts.count(completed), amounts.count(total), amounts.count(failed))],
    [labels.cached, some(gateway.cached)],
    [labels.duplicates, some(gateway.deduplicated)],
    [labels.escalated, some(gateway.escalated)],
    [labels.created, amounts.time(batch.created_at)],
    endedAt === null ? [labels.windowEnds, amounts.time(batch.expires_at)] : [labels.ended, amounts.time(endedAt)],
    [labels.providers, gateway.providers.length > 0 ? gateway.providers.join(', ') : undefined],
    [labels.inputTokens, some(usage.input_tokens)],
    [labels.outputTokens, some(usage.output_tokens)],
    [labels.listCost, amounts.usd(gateway.list_cost_usd)],
    [labels.cost, amounts.usd(gateway.cost_usd)],
    [labels.saved, amounts.saving(gateway.saved_usd, gateway.list_cost_usd)],
  ]);
  return `${terminal.bold(`${labels.batch} ${batch.id}`)}\n${summary}`;
}
