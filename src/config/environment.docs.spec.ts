import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { environmentSchema } from './environment';

const root = join(__dirname, '../..');

describe.each(['README.md', 'README.ko.md'])('the configuration table of %s', (file) => {
  const rows = readFileSync(join(root, file), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|')[1] ?? '');

  it.each(Object.keys(environmentSchema.shape))('has %s', (variable) => {
    expect(rows.some((names) => names.includes(`\`${variable}\``))).toBe(true);
  });
});
