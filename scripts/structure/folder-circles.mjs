import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';
import { sourceFiles } from './source-files.mjs';

/**
 * An import between two sibling folders.
 *
 * @typedef {{ from: string, to: string, file: string, specifier: string }} SiblingImport
 */

/**
 * Finds import cycles of sibling folders: `a` imports `b`, and `b` imports `a`, directly or through others. Files in the parent
 * folder itself belong to no sibling.
 *
 * @param {string} root
 * @param {string[]} folders to search, at every depth
 * @returns {{ folders: string[], imports: SiblingImport[] }[]}
 */
export function folderCircles(root, folders) {
  const imports = folders.flatMap((folder) => sourceFiles(root, folder).flatMap((file) => siblingImports(root, file)));
  const reachable = reachability(imports);
  const reach = (from, to) => reachable.get(from)?.has(to) ?? false;
  const circles = new Map();
  for (const each of imports.filter(({ from, to }) => reach(to, from))) {
    const members = [...reachable.get(each.from)].filter((folder) => reach(folder, each.from)).toSorted();
    const key = members.join(' ');
    const circle = circles.get(key) ?? { folders: members, imports: [] };
    circle.imports.push(each);
    circles.set(key, circle);
  }
  return [...circles.values()];
}

function siblingImports(root, file) {
  const { importedFiles } = ts.preProcessFile(readFileSync(join(root, file), 'utf8'), true, true);
  return importedFiles.flatMap(({ fileName: specifier }) => {
    if (!specifier.startsWith('.')) return [];
    const path = join(dirname(file), specifier);
    const target = existsSync(join(root, `${path}.ts`)) ? `${path}.ts` : join(path, 'index.ts');
    const [from, to] = siblings(file, target);
    return from === undefined || to === undefined ? [] : [{ from, to, file, specifier }];
  });
}

/** The folders below the common parent of two files; undefined for a file in the parent itself. */
function siblings(file, target) {
  const [a, b] = [file.split('/'), target.split('/')];
  let depth = 0;
  while (depth < a.length - 1 && a[depth] === b[depth]) depth++;
  const below = (parts) => (parts.length > depth + 1 ? parts.slice(0, depth + 1).join('/') : undefined);
  return [below(a), below(b)];
}

/** The folders that each folder imports, directly or through its siblings. */
function reachability(imports) {
  const direct = new Map();
  for (const { from, to } of imports) direct.set(from, (direct.get(from) ?? new Set()).add(to));
  const reached = new Map();
  for (const start of direct.keys()) {
    const seen = new Set();
    const waiting = [start];
    for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
      for (const to of direct.get(folder) ?? []) {
        if (seen.has(to)) continue;
        seen.add(to);
        waiting.push(to);
      }
    }
    reached.set(start, seen);
  }
  return reached;
}

/** A cycle as text: its folders, then their imports. */
export function describeCircle({ folders, imports }) {
  const names = folders.map((folder) => relative(dirname(folders[0]), folder)).join(' ⇄ ');
  const lines = imports.map(({ file, specifier }) => `    ${file} → ${specifier}`);
  return [`${dirname(folders[0])}: ${names}`, ...lines].join('\n');
}
