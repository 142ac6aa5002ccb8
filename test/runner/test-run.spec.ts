import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const LIBRARY = pathToFileURL(resolve(__dirname, '../../scripts/testing/test-run.mjs')).href;

/** Test files of a throw-away Jest project. */
const PASSES = "test('is well', () => {}); test.skip('is left out', () => {});";
const FAILS = "test('is broken', () => { throw new Error('always wrong'); });";
const FAILS_ONCE = `
const { existsSync, writeFileSync } = require('node:fs');
test('is well', () => {});
test('is a matter of chance', () => {
  const flag = __filename + '.ran';
  if (existsSync(flag)) return;
  writeFileSync(flag, '');
  throw new Error('wrong the first time');
});`;
const FAILS_ONCE_OUTSIDE = FAILS_ONCE.replaceAll(
  /test\('is a matter of chance', (.*)\n([\s\S]*)\}\);/g,
  'afterAll($1\n$2});',
);

/** `npm test`'s runner over a Jest project of its own. */
describe('the runner of the tests', () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'thriftgate-runner-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const run = (files: Record<string, string>) => {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(root, `${name}.test.js`), content);
    writeFileSync(
      join(root, 'jest.config.js'),
      "module.exports = { projects: [{ displayName: 'mine', transform: {}, testMatch: ['**/*.test.js'] }] };",
    );
    const program = `
      import { TestRun } from '${LIBRARY}';
      const run = new TestRun({ root: ${JSON.stringify(root)} });
      run.run({ name: 'part one', project: 'mine', workers: 1 });
      run.rerunFailed();
      process.exitCode = run.report(['a note']);`;
    const { status, stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
      encoding: 'utf8',
    });
    return { status, lines: stdout.trimEnd().split('\n') };
  };

  it('is green where everything passes, and ends with the totals', () => {
    const { status, lines } = run({ passes: PASSES });
    expect(status).toBe(0);
    expect(lines.slice(-2)).toEqual(['a note', '1 passed, 0 failed, 1 skipped']);
  });

  it('is green where a file passes the second time, and names the flaky test with its first failure', () => {
    const { status, lines } = run({ passes: PASSES, chance: FAILS_ONCE });
    expect(status).toBe(0);
    const at = lines.indexOf('flaky: chance.test.js › is a matter of chance');
    expect(lines[at + 1]).toBe('  Error: wrong the first time');
    expect(lines.filter((line) => line.startsWith('failed: '))).toEqual([]);
    expect(lines.at(-1)).toBe('3 passed, 0 failed, 1 skipped');
  });

  it('counts a failure outside of the tests as one of the whole file', () => {
    const { status, lines } = run({ outside: FAILS_ONCE_OUTSIDE });
    expect([status, lines.at(-1)]).toEqual([0, '1 passed, 0 failed, 0 skipped']);
    expect(lines).toContain('flaky: outside.test.js › (whole file)');
  });

  it('is red where a file fails twice, whatever else is flaky', () => {
    const { status, lines } = run({ passes: PASSES, chance: FAILS_ONCE, fails: FAILS, unreadable: 'test(' });
    expect(status).toBe(1);
    expect(lines).toContain('failed: fails.test.js › is broken');
    expect(lines).toContain('failed: unreadable.test.js › (whole file)');
    expect(lines).toContain('flaky: chance.test.js › is a matter of chance');
    expect(lines.at(-1)).toBe('3 passed, 2 failed, 1 skipped');
  });

  it('runs nothing again where many files fail', () => {
    const files = Array.from({ length: 11 }, (_, number) => [`chance-${number}`, FAILS_ONCE]);
    const { status, lines } = run(Object.fromEntries(files));
    expect(status).toBe(1);
    expect(lines.at(-1)).toBe('11 passed, 11 failed, 0 skipped');
  });
});
