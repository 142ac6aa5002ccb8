import { politely } from '../gateway/politely';
import type { Session } from '../gateway/session';
import { EXIT } from '../terminal/exit-codes';
import { type Column, pairs, table } from '../terminal/table';

/** `models`. */
export async function models(session: Session): Promise<number> {
  const { client, terminal, messages, signal, noteRetry } = session;
  const { labels } = messages;
  const found = await politely(() => client.models.list({ signal }), signal, undefined, noteRetry);
  const columns: Column[] = [
    { title: labels.model },
    { title: labels.providers },
    { title: labels.inputPrice, side: 'right' },
    { title: labels.cachedPrice, side: 'right' },
    { title: labels.outputPrice, side: 'right' },
    { title: labels.retires },
  ];
  const rows = found.data.map(({ id, gateway }) => [
    id,
    gateway.providers.join(', '),
    gateway.input_usd_per_mtok,
    gateway.cached_input_usd_per_mtok,
    gateway.output_usd_per_mtok,
    [gateway.deprecation_date, gateway.price_estimated ? labels.estimated : null].filter(Boolean).join(', '),
  ]);
  terminal.print(table(columns, rows));
  terminal.document(found);
  return EXIT.done;
}

/** `key`. */
export async function key(session: Session): Promise<number> {
  const { client, terminal, messages, amounts, signal, noteRetry } = session;
  const { labels } = messages;
  const found = await politely(() => client.key.retrieve({ signal }), signal, undefined, noteRetry);
  const rate = found.limits.requests_per_minute;
  const budgets = found.budgets.map((budget): [string, string] => {
    const line = labels.budgetLine(
      amounts.usd(budget.spent_usd),
      amounts.usd(budget.limit_usd),
      amounts.usd(budget.remaining_usd),
    );
    return [`${labels.budget} (${labels.budgetScope[budget.scope] ?? budget.scope}, ${budget.window})`, line];
  });
  terminal.print(
    pairs([
      [labels.key, [found.name, found.prefix].filter((part) => part !== null).join(' ') || found.id],
      [labels.team, `${found.team.name} (${found.team.id})`],
      [labels.role, found.role],
      [labels.models, found.models === null ? labels.all : found.models.join(', ')],
      [
        labels.limit,
        rate === null ? labels.unlimited : labels.left(amounts.count(rate.remaining), amounts.count(rate.limit)),
      ],
      [labels.expires, found.expires_at === null ? labels.never : amounts.time(found.expires_at)],
      ...budgets,
    ]),
  );
  terminal.document(found);
  return EXIT.done;
}
