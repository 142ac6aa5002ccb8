import { Text } from '@mantine/core';
import type { Roi } from '@thriftgate/contracts';
import { DataTable } from '../components/data-table';
import type { DataColumn } from '../components/data-table-columns';
import { useDisplay } from '../display/use-display';
import { useMoney } from '../display/use-money';
import { bucketLabel, dateIn, formatPercent } from '../format';
import { useText } from '../i18n/use-text';

/** The last months, with and without the gateway. */
export function Months({ months }: { months: readonly Roi[] }) {
  const text = useText();
  const money = useMoney();
  const { language, timezone } = useDisplay();
  const running = dateIn(timezone, new Date()).slice(0, 7);
  const columns: DataColumn<Roi>[] = [
    {
      id: 'month',
      header: text('savings.month'),
      cell: ({ month }) => (
        <span className="unbroken">
          {bucketLabel(month, timezone, language)}{' '}
          {month === running && (
            <Text span size="xs" c="dimmed">
              {text('savings.running')}
            </Text>
          )}
        </span>
      ),
    },
    { id: 'before', header: text('savings.list'), isNumber: true, cell: (row) => money.cell(row.before_usd) },
    { id: 'after', header: text('savings.paid'), isNumber: true, cell: (row) => money.cell(row.after_usd) },
    { id: 'saved', header: text('savings.saved'), isNumber: true, cell: (row) => money.cell(row.saved_usd) },
    {
      id: 'rate',
      header: text('savings.rate'),
      isNumber: true,
      cell: (row) => formatPercent(row.saved_percent / 100, language),
    },
  ];
  return (
    <DataTable caption={text('savings.months')} columns={columns} rows={months} rowId={({ month }) => month} isDense />
  );
}
