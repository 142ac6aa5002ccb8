import { Button } from '@mantine/core';
import { Download } from 'lucide-react';
import { type CsvColumn, toCsv } from '../format';
import { useText } from '../i18n/use-text';
import { saveFile } from './save-file';

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
  const save = () => saveFile(fileName, 'text/csv;charset=utf-8', toCsv(columns, rows, zone));
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
