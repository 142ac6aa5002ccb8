import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { environmentSchema } from './environment';

const VARIABLE = /`([A-Z][A-Z_]+)`/g;
const ROW = /^\| `[A-Z].*$/gm;

/** docs/settings.md is generated; the READMEs list the most important settings by hand. */
describe.each(['README.md', 'README.ko.md'])('the settings table of %s', (file) => {
  const defaults = new Map(
    Object.entries(environmentSchema.shape).map(([name, schema]) => [name, schema.safeParse(undefined).data]),
  );
  const rows = [...readFileSync(join(__dirname, '../..', file), 'utf8').matchAll(ROW)].map(([row]) => {
    const [, names = '', values = ''] = row.split('|');
    const [first = []] = [[...names.matchAll(VARIABLE)].map(([, name = '']) => name)];
    return { names: first, values: values.split(',').map((value) => value.trim().replaceAll('`', '')) };
  });

  it.each(rows.flatMap(({ names, values }) => names.map((name, index) => [name, values[index]])))(
    '%s is a variable, with its default',
    (name = '', value) => {
      expect([...defaults.keys()]).toContain(name);
      const known = defaults.get(name);
      if (known !== undefined) expect(value).toBe(String(known));
    },
  );
});
