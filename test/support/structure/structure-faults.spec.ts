import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { structureFaults } from '../../../scripts/structure/structure-faults.mjs';

const MIGRATION = `
  sql\`CREATE TABLE teams (id text)\`, sql\`CREATE TABLE keys_before (id text)\`,
  sql\`CREATE TABLE log (id text) PARTITION BY RANGE (id)\`, sql\`CREATE TABLE log_rest PARTITION OF log DEFAULT\`,
  sql\`ALTER TABLE keys_before RENAME TO api_keys\`, sql\`CREATE TABLE gone (id text)\`, sql\`DROP TABLE gone\`,
  sql.raw(\`CREATE TABLE log_\${month} PARTITION OF log\`)`;

const RULES = {
  owners: { teams: ['teams'], keys: ['api_keys'], ledger: ['log'] },
  readers: [{ feature: 'reports', tables: ['log'], reason: 'a report' }],
  notYet: [],
  circlesNotYet: [],
};

const GOOD = {
  'src/database/migrations/0001-first.ts': MIGRATION,
  'src/teams/teams.repository.ts': `db.selectFrom('teams as t'); db.deleteFrom('teams');`,
  'src/keys/keys.repository.ts': `
    // teams are not read here
    sql\`SELECT 'from teams', api_keys.teams FROM api_keys -- not from teams\`.execute(db);`,
  'src/ledger/ledger.repository.ts': `sql\`INSERT INTO log SELECT * FROM json_populate_recordset(NULL::log, \${rows}::json)\`.execute(db);`,
  'src/reports/reports.repository.ts': `sql\`WITH part AS (SELECT * FROM log) SELECT * FROM part\`.execute(db);`,
  'src/reports/reports.repository.spec.ts': `db.deleteFrom('teams');`,
  'src/reports/testing/fill.ts': `db.insertInto('teams');`,
  'src/keys/a/one.ts': `import { two } from '../b/two';`,
  'src/keys/b/two.ts': `import { keys } from '../keys.repository';`,
  'src/keys/b/two.spec.ts': `import { one } from '../a/one';`,
};

describe('structureFaults', () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'structure-'));
  });

  afterEach(() => rmSync(root, { recursive: true }));

  /** Writes a repository with these files and checks it. */
  function faultsOf(files: Record<string, string>, rules: object = RULES): string[] {
    for (const [path, text] of Object.entries({ ...files, 'scripts/structure.json': JSON.stringify(rules) })) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return structureFaults(root);
  }

  it('passes a tree where each table has one owner and no folders make a circle', () => {
    expect(faultsOf(GOOD)).toEqual([]);
  });

  it('names each use of a table by a feature that does not own it', () => {
    const faults = faultsOf({
      ...GOOD,
      'src/teams/teams.repository.ts': `
        db.updateTable('api_keys');
        db.selectFrom('teams').innerJoin('api_keys as k', 'k.id', 'teams.id');
        sql\`WITH old AS (DELETE FROM api_keys RETURNING id) SELECT * FROM old\`.execute(db);
        sql\`SELECT * FROM old, log\`.execute(db);
        sql.raw('LOCK TABLE log');`,
      'src/reports/reports.repository.ts': `sql\`SELECT * FROM log\`; db.insertInto('log'); db.insertInto('unknown');`,
    });
    expect(faults).toEqual([
      'src/reports/reports.repository.ts:1 writes log, which ledger owns',
      'src/reports/reports.repository.ts:1 writes unknown, which no feature owns',
      'src/teams/teams.repository.ts:2 writes api_keys, which keys owns',
      'src/teams/teams.repository.ts:3 reads api_keys, which keys owns',
      'src/teams/teams.repository.ts:4 writes api_keys, which keys owns',
      'src/teams/teams.repository.ts:5 reads log, which ledger owns',
      'src/teams/teams.repository.ts:6 writes log, which ledger owns',
    ]);
  });

  it('requires an owner for each table and a use for each exception', () => {
    const faults = faultsOf(
      { ...GOOD, 'src/database/migrations/0002-more.ts': 'sql`CREATE TABLE more (id text)`; sql`DROP TABLE log`' },
      {
        ...RULES,
        owners: { ...RULES.owners, keys: ['api_keys', 'teams'], nowhere: [] },
        notYet: [{ feature: 'teams', tables: ['teams', 'api_keys'], reason: 'moves next' }],
        circlesNotYet: [['src/keys/a', 'src/keys/b']],
      },
    );
    expect(faults).toEqual([
      'the exception for the circle src/keys/a ⇄ src/keys/b is not used: remove it',
      'the table more has no owner: list it',
      'no migration creates the table log',
      'the table teams has two owners',
      'there is no feature nowhere',
      'the exception for teams and api_keys is not used: remove it',
    ]);
  });

  it('prints the imports that make a circle of sibling folders, at any depth', () => {
    const circle = {
      ...GOOD,
      'src/keys/b/two.ts': `import type { One } from '../a/one';\nimport { three } from './three';`,
      'src/keys/b/three.ts': '',
      'libs/sdk/src/x/deep/a.ts': `export * from '../../y';`,
      'libs/sdk/src/y/index.ts': `import('../z/c')`,
      'libs/sdk/src/z/c.ts': `import { a } from '../x/deep/a';`,
    };
    expect(faultsOf(circle)).toEqual([
      [
        'circle of sibling folders in src/keys: a ⇄ b',
        '    src/keys/a/one.ts → ../b/two',
        '    src/keys/b/two.ts → ../a/one',
      ].join('\n'),
      [
        'circle of sibling folders in libs/sdk/src: x ⇄ y ⇄ z',
        '    libs/sdk/src/x/deep/a.ts → ../../y',
        '    libs/sdk/src/y/index.ts → ../z/c',
        '    libs/sdk/src/z/c.ts → ../x/deep/a',
      ].join('\n'),
    ]);
    expect(faultsOf(circle, { ...RULES, circlesNotYet: [['src/keys/a', 'src/keys/b']] })).toHaveLength(1);
  });
});
