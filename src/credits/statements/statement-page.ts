import type { Statement } from '@thriftgate/contracts';
import { DateTime } from 'luxon';
import { balanceLine, cents } from './statement-amounts';
import { STATEMENT_TEXTS, type StatementLanguage } from './statement-texts';

const NUMBERS = ['requests', 'input_tokens', 'output_tokens'] as const;
const DOLLARS = ['list_cost_usd', 'saved_usd', 'cost_usd'] as const;

const STYLE = `
  body { font: 14px/1.5 system-ui, "Apple SD Gothic Neo", "Malgun Gothic", "Noto Sans KR", "Noto Sans CJK KR", sans-serif; color: #1b1f24; max-width: 68rem; margin: 2rem auto; padding: 0 1rem; word-break: keep-all; overflow-wrap: anywhere; }
  h1 { font-size: 1.6rem; margin: 0 0 .25rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; break-after: avoid; }
  .meta, .exact { color: #57606a; } .balance { display: flex; justify-content: space-between; gap: 1rem; padding: .6rem .8rem; background: #f3f5f7; border-radius: .4rem; font-weight: 600; margin-top: 1rem; break-inside: avoid; }
  .wide { overflow-x: auto; } table { width: 100%; border-collapse: collapse; } th, td { text-align: left; padding: .4rem .5rem; border-bottom: 1px solid #d8dee4; vertical-align: top; }
  th { font-weight: 600; color: #57606a; } th, .short { white-space: nowrap; } .name { min-width: 7rem; } .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; } tfoot td { font-weight: 600; border-bottom: 0; }
  @media print { body { margin: 0; max-width: none; padding: 0; font-size: 10px; } .wide { overflow: visible; } th, td { padding: .3rem .25rem; } .name { min-width: 5rem; } .balance { background: none; border: 1px solid #d8dee4; } tr { break-inside: avoid; } tfoot { display: table-row-group; } }`;

/** A statement as an HTML page for printing: self-contained, without scripts, every text escaped. */
export function statementPage(statement: Statement, language: StatementLanguage): string {
  const text = STATEMENT_TEXTS[language];
  const title = `${text.title} ${statement.month} – ${statement.team_name}`;
  const date = (at: string) =>
    DateTime.fromISO(at, { zone: statement.timezone }).toFormat(
      language === 'ko' ? 'yyyy. M. d. HH:mm' : 'yyyy-MM-dd HH:mm',
    );
  const balance = (edge: 'opening' | 'closing', usd: string) => {
    const line = balanceLine(edge, usd, text);
    return `<p class="balance"><span>${line.label}</span><span>${amount(line.usd, '$')}</span></p>`;
  };
  const movements = statement.movements.map(
    ({ at, kind, note, amount_usd }) =>
      `<tr><td class="short">${escape(date(at))}</td><td class="short">${text[kind]}</td><td class="name">${escape(note ?? '')}</td><td class="number">${amount(amount_usd)}</td></tr>`,
  );
  const cells = (line: Record<(typeof NUMBERS)[number], number> & Record<(typeof DOLLARS)[number], string>) =>
    NUMBERS.map((name) => `<td class="number">${line[name].toLocaleString('en-US')}</td>`).join('') +
    DOLLARS.map((name) => `<td class="number">${amount(line[name])}</td>`).join('');
  const usage = statement.usage.map((line) => `<tr><td class="name">${escape(line.model)}</td>${cells(line)}</tr>`);
  const none = (columns: number) => `<tr><td colspan="${columns}">${text.none}</td></tr>`;
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
<style>${STYLE}
</style>
</head>
<body>
<h1>${text.title}</h1>
<p class="meta">${text.team}: ${escape(statement.team_name)} (${escape(statement.team_id)})<br>${text.month}: ${statement.month} (${text.timezone}: ${escape(statement.timezone)})</p>
${balance('opening', statement.opening_balance_usd)}
<h2>${text.movements}</h2>
<div class="wide"><table>
<thead><tr><th>${text.date}</th><th>${text.kind}</th><th>${text.note}</th><th class="number">${text.amount}</th></tr></thead>
<tbody>${movements.join('\n') || none(4)}</tbody>
</table></div>
<h2>${text.usage}</h2>
<div class="wide"><table>
<thead><tr><th>${text.model}</th>${[...NUMBERS, ...DOLLARS].map((name) => `<th class="number">${text[name]}</th>`).join('')}</tr></thead>
<tbody>${usage.join('\n') || none(7)}</tbody>
<tfoot><tr><td>${text.total}</td>${cells(statement.usage_total)}</tr></tfoot>
</table></div>
${balance('closing', statement.closing_balance_usd)}
<p class="exact">${text.exact}</p>
</body>
</html>
`;
}

/** Decimal dollars with commas in their integer part, without rounding. */
function grouped(usd: string): string {
  const [whole = '', ...fraction] = usd.split('.');
  return [whole.replace(/\B(?=(\d{3})+$)/g, ','), ...fraction].join('.');
}

/** Rounded to cents, and exact beside where that is another number. */
function amount(usd: string, unit = ''): string {
  const rounded = cents(usd);
  const shown = rounded.startsWith('-') ? `-${unit}${grouped(rounded.slice(1))}` : unit + grouped(rounded);
  const isExact = Number(rounded) === Number(usd) && usd.replace(/^[^.]*\.?/, '').length <= 2;
  return isExact ? shown : `${shown} <small class="exact">${grouped(usd)}</small>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
