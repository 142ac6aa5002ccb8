import { Button } from '@mantine/core';
import { Download } from 'lucide-react';
import { type CsvColumn, toCsv } from '../format';
import { useText } from '../i18n/use-text';

interface CsvButtonProps<Row> {
  columns: readonly CsvColumn<Row>[];
  rows: readonly Row[];
  /** From `csvFileName()`. */
  fileName: string;
  /** The IANA zone of times. */
  zone: string;
}

/** Saves what is on the screen as a CSV file. */
export function CsvButton<Row>({ columns, rows, fileName, zone }: CsvButtonProps<Row>) {
  const text = useText();
  const save = () => {
    const url = URL.createObjectURL(new Blob([toCsv(columns, rows, zone)], { type: 'text/csv;charset=utf-8' }));
    const link = Object.assign(document.createElement('a'), { href: url, download: fileName });
    link.click();
    URL.revokeObjectURL(url);
  };
  return (
    <Button
      variant="default"
      size="xs"
      leftSection={<Download size={14} aria-hidden />}
      title={text('components.csvSave')}
      disabled={rows.length === 0}
      onClick={save}
    >
      {text('components.csv')}
    </Button>
  );
}
