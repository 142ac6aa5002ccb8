import type { OrganisationStatement, Statement } from '@thriftgate/contracts';
import { type CsvColumn, toCsv } from '../../usage/reports/usage-csv';
import { balanceLine, cents, negated } from './statement-amounts';
import { STATEMENT_TEXTS, type StatementLanguage, type StatementTexts } from './statement-texts';

type Cells = Record<string, unknown>;

const COUNTS = ['requests', 'input_tokens', 'output_tokens'] as const;
const DOLLARS = ['list_cost_usd', 'saved_usd', 'cost_usd'] as const;

/** A statement as one table: the opening balance, each movement, each model's usage, and the closing balance. */
export function statementCsv(statement: Statement, language: StatementLanguage): string {
  const text = STATEMENT_TEXTS[language];
  const balance = (edge: 'opening' | 'closing', usd: string): Cells => {
    const line = balanceLine(edge, usd, text);
    return { kind: line.label, amount: line.usd };
  };
  const rows: Cells[] = [
    balance('opening', statement.opening_balance_usd),
    ...statement.movements.map(({ at, kind, note, amount_usd }) => ({
      kind: text[kind],
      date: at,
      note,
      amount: amount_usd,
    })),
    ...statement.usage.map((line) => ({ ...line, kind: text.usage, amount: negated(line.cost_usd) })),
    balance('closing', statement.closing_balance_usd),
  ];
  return table(['kind', 'date', 'model', 'note'], [...DOLLARS, 'amount'], rows, text);
}

/** The statement of all teams as one table: a row for each team, and one for their sums. */
export function organisationCsv(statement: OrganisationStatement, language: StatementLanguage): string {
  const text = STATEMENT_TEXTS[language];
  const { total } = statement;
  const lines = [...statement.teams, { ...total, team_id: null, team_name: text.total }];
  const rows = lines.map(({ usage, ...line }) => ({
    ...usage,
    team: line.team_name,
    id: line.team_id,
    opening: line.opening_balance_usd,
    credits: line.credits_usd,
    closing: line.closing_balance_usd,
    closing_owed: line.amount_owed_usd,
  }));
  return table(['team', 'id'], ['opening', 'credits', ...DOLLARS, 'closing', 'closing_owed'], rows, text);
}

/** Dollars have two columns: rounded to cents, and exact. */
function table(texts: readonly string[], dollars: readonly string[], rows: readonly Cells[], text: StatementTexts) {
  const nameOf = (name: string) => (text as Readonly<Record<string, string>>)[name] ?? name;
  const exactOf = (name: string) => `${nameOf(name)} – ${text.exact_value}`;
  const columns: CsvColumn[] = [
    ...texts.map((name) => ({ name: nameOf(name), kind: 'text' as const })),
    ...COUNTS.map((name) => ({ name: nameOf(name), kind: 'number' as const })),
    ...dollars.flatMap((name) =>
      [nameOf(name), exactOf(name)].map((title) => ({ name: title, kind: 'number' as const })),
    ),
  ];
  const named = rows.map((row) =>
    Object.fromEntries([
      ...[...texts, ...COUNTS].map((name) => [nameOf(name), row[name]]),
      ...dollars.flatMap((name) => {
        const usd = row[name] as string | undefined;
        return usd === undefined
          ? []
          : [
              [nameOf(name), cents(usd)],
              [exactOf(name), usd],
            ];
      }),
    ]),
  ) as Cells[];
  return toCsv(columns, named);
}
