import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { sourceFiles } from './source-files.mjs';

/**
 * A place where code reads or writes a table.
 *
 * @typedef {{ file: string, line: number, table: string, writes: boolean }} TableAccess
 */

const KYSELY_READS = /^(selectFrom|from|using|(inner|left|right|full|cross)(Lateral)?Join(Lateral)?)$/;
const KYSELY_WRITES = /^(insertInto|updateTable|deleteFrom|replaceInto|mergeInto)$/;
const SQL_WRITES =
  /\b(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM|MERGE\s+INTO|TRUNCATE(?:\s+TABLE)?|LOCK(?:\s+TABLE)?|(?:ALTER|DROP)\s+TABLE(?:\s+IF\s+EXISTS)?)\s+(?:ONLY\s+)?"?(\w+)/gi;

/**
 * Finds the tables that production code uses, in Kysely's calls and in `sql` templates.
 *
 * In SQL every word that is a table's name counts, so that no clause is missed. Quoted texts and comments do not count.
 *
 * @param {string} root
 * @param {string} folder
 * @param {ReadonlySet<string>} tables the names of all tables
 * @returns {TableAccess[]}
 */
export function tableAccesses(root, folder, tables) {
  return sourceFiles(root, folder)
    .filter((file) => !file.startsWith('src/database/migrations/'))
    .flatMap((file) => accessesOf(file, readFileSync(join(root, file), 'utf8'), tables));
}

function accessesOf(file, text, tables) {
  if (!/\bkysely\b|\bdatabase\b|\btransaction\b|\bdb\b/.test(text)) return [];
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest);
  const found = [];
  const add = (node, table, writes) => {
    const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
    if (!found.some((each) => each.line === line && each.table === table && each.writes === writes)) {
      found.push({ file, line, table, writes });
    }
  };
  const addSql = (node, statement) => {
    const bare = statement.replace(/--.*$/gm, ' ').replace(/'[^']*'/g, "''");
    for (const [, table] of bare.matchAll(SQL_WRITES)) if (tables.has(table)) add(node, table, true);
    for (const [, word] of bare.replace(SQL_WRITES, ' ').matchAll(/(?<![.\w])([a-z]\w*)/g)) {
      if (tables.has(word)) add(node, word, false);
    }
  };
  const visit = (node) => {
    if (ts.isTaggedTemplateExpression(node) && node.tag.getText(source) === 'sql')
      addSql(node, templateText(node.template));
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) visitCall(node, node.expression);
    ts.forEachChild(node, visit);
  };
  const visitCall = (call, { name: { text: method }, expression }) => {
    const [first] = call.arguments;
    if (first === undefined) return;
    if (expression.getText(source) === 'sql' && ['raw', 'table', 'id', 'ref'].includes(method)) {
      addSql(call, call.arguments.map(templateText).join(' '));
      return;
    }
    const writes = KYSELY_WRITES.test(method);
    if (!writes && !KYSELY_READS.test(method)) return;
    const names = ts.isArrayLiteralExpression(first) ? first.elements : [first];
    for (const name of names) {
      const table = ts.isStringLiteralLike(name) ? name.text.split(' ')[0] : undefined;
      if (table !== undefined && (tables.has(table) || method !== 'from')) add(call, table, writes);
    }
  };
  visit(source);
  return found;
}

/** A template's text with `$` for each value. */
function templateText(node) {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node))
    return node.head.text + node.templateSpans.map(({ literal }) => `$${literal.text}`).join('');
  return '';
}
