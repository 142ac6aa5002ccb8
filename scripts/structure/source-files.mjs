import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

/**
 * The TypeScript files below a folder that run in production: no specs, no test helpers, no declarations.
 *
 * @param {string} root
 * @param {string} folder relative to the root
 * @returns {string[]} paths relative to the root, in order
 */
export function sourceFiles(root, folder) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /(?<!\.spec|\.d)\.ts$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((path) => !/\/(testing|node_modules)\//.test(path))
    .toSorted();
}
