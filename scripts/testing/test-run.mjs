/** Runs parts of the tests with Jest, one after another, then each spec file that failed once more, alone. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/** More failed files than this are not flaky: a second run of each would only delay the result. */
const MOST_RERUNS = 10;
/** Lines of a failure in the final report; the whole failure is in the output above it. */
const SHOWN_LINES = 30;
const TICKS_PER_SECOND = 100;
const SKIPPED = new Set(['pending', 'skipped', 'disabled', 'todo']);

/**
 * @typedef {object} Part
 * @property {string} name in the output
 * @property {string} project of the Jest configuration
 * @property {number} workers files that run at once
 * @property {Record<string, string>} [env] on top of this process's environment
 * @property {string} [node] the Node program that runs Jest and thus every gateway; by default that of this process
 * @property {string[]} [only] patterns of the files to run; by default all of the project
 * @property {string[]} [ignored] patterns of files to exclude
 */
export class TestRun {
  #root;
  #jestArgs;
  #print;
  #scratch = mkdtempSync(join(tmpdir(), 'thriftgate-test-run-'));
  /** The last result of each file of each part, by part and path. */
  #files = new Map();
  /** Failures of Jest itself, without a file. */
  #broken = [];
  #flaky = [];

  /**
   * @param {object} options
   * @param {string} options.root directory of the Jest configuration
   * @param {string[]} [options.jestArgs] for every run, such as `-t name`
   * @param {(line: string) => void} [options.print]
   */
  constructor({ root, jestArgs = [], print = console.log }) {
    this.#root = root;
    this.#jestArgs = jestArgs;
    this.#print = print;
  }

  /** @param {Part} part */
  run(part) {
    this.#print(`\n# ${part.name}`);
    const [startedAt, cpuBefore] = [performance.now(), childrenCpuSeconds()];
    const { only = [], ignored = [] } = part;
    const args = [`--maxWorkers=${part.workers}`, '--passWithNoTests'];
    if (only.length > 0) args.push(`--testPathPatterns=${only.join('|')}`);
    if (ignored.length > 0) args.push(`--testPathIgnorePatterns=${ignored.join('|')}`);
    for (const result of this.#jest(part, args)) this.#files.set(`${part.name} ${result.file}`, { part, ...result });
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    this.#print(`# ${part.name}: ${seconds} s, ${Math.round(childrenCpuSeconds() - cpuBefore)} s of CPU`);
  }

  /** Runs each failed file once more, alone. A file that passes then is flaky, not failed. */
  rerunFailed() {
    const failed = [...this.#files].filter(([, { failures }]) => failures.length > 0);
    if (failed.length > MOST_RERUNS) {
      this.#print(`\n${failed.length} files failed, which is more than ${MOST_RERUNS}: none of them runs again`);
      return;
    }
    for (const [key, { part, file, failures }] of failed) {
      this.#print(`\n# ${part.name}, once more: ${file}`);
      // Open handles of a failed test must not keep Jest running.
      const args = ['--runInBand', '--forceExit', '--runTestsByPath', join(this.#root, file)];
      const [again] = this.#jest(part, args);
      // A file without a result has failed; Jest has printed the reason.
      if (!again) continue;
      this.#files.set(key, { part, ...again });
      if (again.failures.length === 0) this.#flaky.push({ file, failures });
    }
  }

  /**
   * Prints the failures, the flaky tests and, alone on the last line, the totals.
   *
   * @param {string[]} notes printed before the totals
   * @returns {number} the exit code
   */
  report(notes = []) {
    rmSync(this.#scratch, { recursive: true, force: true });
    const files = [...this.#files.values()];
    const failures = files.flatMap(({ file, failures: own }) => own.map((failure) => ({ file, ...failure })));
    for (const { file, test } of failures) this.#print(`failed: ${file} › ${test}`);
    for (const text of this.#broken) this.#print(`failed: ${text}`);
    for (const { file, failures: own } of this.#flaky) {
      const seen = new Set();
      for (const { test, text } of own) {
        // A failed hook fails every test.
        this.#print(`flaky: ${file} › ${test}${seen.has(text) ? '' : `\n${text}`}`);
        seen.add(text);
      }
    }
    for (const note of notes) this.#print(note);
    const sum = (member) => files.reduce((total, file) => total + file[member], 0);
    const failed = failures.length + this.#broken.length;
    this.#print(`${sum('passed')} passed, ${failed} failed, ${sum('skipped')} skipped`);
    return failed > 0 ? 1 : 0;
  }

  /** One run of Jest. @returns the result of each file */
  #jest({ name, project, env, node = process.execPath }, args) {
    const report = join(this.#scratch, 'report.json');
    rmSync(report, { force: true });
    const jest = join(import.meta.dirname, '../../node_modules/jest/bin/jest.js');
    const own = [`--selectProjects=${project}`, '--json', `--outputFile=${report}`];
    // The user's arguments are first: some of our options take all following arguments.
    const { status, signal } = spawnSync(node, [jest, ...this.#jestArgs, ...own, ...args], {
      cwd: this.#root,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, ...env },
    });
    const files = this.#read(report);
    if (status !== 0 && !files.some(({ failures }) => failures.length > 0))
      this.#broken.push(`${name} (Jest ended with ${signal ?? status})`);
    return files;
  }

  #read(report) {
    try {
      const { testResults } = JSON.parse(readFileSync(report, 'utf8'));
      return testResults.map((result) => resultOf(result, this.#root));
    } catch {
      return [];
    }
  }
}

/** The result of one file in Jest's report. A file that failed outside of its tests has one failure without a test. */
function resultOf({ name, status, message, assertionResults }, root) {
  const count = (wanted) => assertionResults.filter(({ status: own }) => wanted(own)).length;
  const failures = assertionResults
    .filter(({ status: own }) => own === 'failed')
    .map(({ fullName, failureMessages }) => ({ test: fullName, text: shortened(failureMessages.join('\n')) }));
  if (status === 'failed' && failures.length === 0) failures.push({ test: '(whole file)', text: shortened(message) });
  return {
    file: relative(root, name),
    passed: count((own) => own === 'passed'),
    skipped: count((own) => SKIPPED.has(own)),
    failures,
  };
}

/** CPU seconds of all child processes that have ended, and of theirs; 0 if the system does not report it. */
function childrenCpuSeconds() {
  try {
    const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1].split(' ');
    return (Number(fields[13]) + Number(fields[14])) / TICKS_PER_SECOND;
  } catch {
    return 0;
  }
}

function shortened(text) {
  const lines = stripVTControlCharacters(text)
    .trim()
    .split('\n')
    .filter((line) => !/^\s+at .*(node_modules|node:|<anonymous>)/.test(line));
  const more = lines.length > SHOWN_LINES ? ['…'] : [];
  return [...lines.slice(0, SHOWN_LINES), ...more].map((line) => `  ${line}`).join('\n');
}
