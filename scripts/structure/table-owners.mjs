import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tableAccesses } from './table-accesses.mjs';

const MIGRATIONS = 'src/database/migrations';

/**
 * The features that may use each table.
 *
 * @typedef {object} TableRules
 * @property {Record<string, string[]>} owners the tables of each feature
 * @property {{ feature: string, tables: string[], reason: string }[]} readers features that may read tables of others
 * @property {{ feature: string, tables: string[], reason: string }[]} notYet violations that are not fixed yet
 */

/**
 * Checks that each table has one owning feature, and that no other feature writes it, or reads it without being listed as a
 * reader. Each exception must be used.
 *
 * @param {string} root
 * @param {TableRules} rules
 * @returns {string[]} the violations, one line each
 */
export function tableOwnerFaults(root, { owners, readers, notYet }) {
  const ownerOf = new Map(Object.entries(owners).flatMap(([owner, tables]) => tables.map((table) => [table, owner])));
  const exceptions = [
    ...readers.map((each) => ({ ...each, mayWrite: false })),
    ...notYet.map((each) => ({ ...each, mayWrite: true })),
  ].flatMap(({ tables, ...rest }) => tables.map((table) => ({ ...rest, table, used: false })));
  const faults = listingFaults(root, owners, ownerOf);
  for (const { file, line, table, writes } of tableAccesses(root, 'src', new Set(ownerOf.keys()))) {
    const [, feature = ''] = file.split('/');
    const owner = ownerOf.get(table);
    if (owner === feature) continue;
    const exception = exceptions.find(
      (each) => each.feature === feature && each.table === table && (each.mayWrite || !writes),
    );
    if (exception) exception.used = true;
    else faults.push(`${file}:${line} ${writes ? 'writes' : 'reads'} ${table}, which ${owner ?? 'no feature'} owns`);
  }
  const unused = exceptions.filter(({ used }) => !used);
  return [
    ...faults,
    ...unused.map(({ feature, table }) => `the exception for ${feature} and ${table} is not used: remove it`),
  ];
}

function listingFaults(root, owners, ownerOf) {
  const tables = tablesOf(root);
  const listed = Object.values(owners).flat();
  return [
    ...[...tables].filter((table) => !ownerOf.has(table)).map((table) => `the table ${table} has no owner: list it`),
    ...listed.filter((table) => !tables.has(table)).map((table) => `no migration creates the table ${table}`),
    ...listed.filter((table, at) => listed.indexOf(table) !== at).map((table) => `the table ${table} has two owners`),
    ...Object.keys(owners)
      .filter((owner) => !existsSync(join(root, 'src', owner)))
      .map((owner) => `there is no feature ${owner}`),
  ];
}

/** The tables and views after all migrations; partitions belong to their table. */
function tablesOf(root) {
  const tables = new Set();
  for (const file of readdirSync(join(root, MIGRATIONS)).toSorted()) {
    if (!/^\d.*(?<!\.spec)\.ts$/.test(file)) continue;
    const text = readFileSync(join(root, MIGRATIONS, file), 'utf8');
    for (const [statement, created, partition, dropped, renamed, newName] of text.matchAll(STATEMENTS)) {
      if (created && !partition && !statement.endsWith('$')) tables.add(created);
      tables.delete(dropped ?? renamed);
      if (newName) tables.add(newName);
    }
  }
  return tables;
}

const STATEMENTS = new RegExp(
  [
    String.raw`\bCREATE (?:TABLE|(?:MATERIALIZED )?VIEW)(?: IF NOT EXISTS)? (\w+)(?:( PARTITION OF)|\$)?`,
    String.raw`\bDROP (?:TABLE|(?:MATERIALIZED )?VIEW)(?: IF EXISTS)? (\w+)`,
    String.raw`\bALTER (?:TABLE|VIEW) (\w+) RENAME TO (\w+)`,
  ].join('|'),
  'g',
);
