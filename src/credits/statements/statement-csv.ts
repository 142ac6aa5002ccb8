import type { Statement } from '@thriftgate/contracts';
import { toCsv } from '../../usage/reports/usage-csv';
import { STATEMENT_TEXTS, type StatementLanguage } from './statement-texts';

const SUMS = ['requests', 'input_tokens', 'output_tokens', 'list_cost_usd', 'saved_usd', 'cost_usd'] as const;

/** A statement as one table: the opening balance, each movement, each model's usage, and the closing balance. */
export function statementCsv(statement: Statement, language: StatementLanguage): string {
  const text = STATEMENT_TEXTS[language];
  const names = {
    kind: text.kind,
    date: text.date,
    model: text.model,
    note: text.note,
    ...Object.fromEntries(SUMS.map((name) => [name, text[name]])),
    amount: text.amount,
  } as Record<string, string>;
  const rows: Record<string, unknown>[] = [
    { kind: text.opening, amount: statement.opening_balance_usd },
    ...statement.movements.map(({ at, kind, note, amount_usd }) => ({
      kind: text[kind],
      date: at,
      note,
      amount: amount_usd,
    })),
    ...statement.usage.map((line) => ({ ...line, kind: text.usage, amount: negated(line.cost_usd) })),
    { kind: text.closing, amount: statement.closing_balance_usd },
  ];
  const numbers = new Set<string>([...SUMS, 'amount']);
  const columns = Object.keys(names).map((name) => ({
    name: names[name] ?? name,
    kind: numbers.has(name) ? ('number' as const) : ('text' as const),
  }));
  const renamed = rows.map((row) => Object.fromEntries(Object.keys(names).map((name) => [names[name], row[name]])));
  return toCsv(columns, renamed);
}

function negated(usd: string): string {
  if (usd === '0') return usd;
  return usd.startsWith('-') ? usd.slice(1) : `-${usd}`;
}
