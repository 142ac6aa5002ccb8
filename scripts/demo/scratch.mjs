import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * The directory of the demo's data.
 *
 * @param {string | undefined} given an empty or new one; without it one is made under the system's temporary directory
 * @throws Error if the given one has files
 */
export function makeScratch(given) {
  if (given === undefined) return mkdtempSync(join(tmpdir(), 'thriftgate-demo-'));
  const directory = resolve(given);
  if (existsSync(directory) && readdirSync(directory).length > 0)
    throw new Error(`--directory: ${directory} is not empty. Name a new or an empty directory.`);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  return directory;
}

/** Removes it when the process ends, however it ends. */
export function removeAtExit(directory) {
  process.once('exit', () => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }));
}
