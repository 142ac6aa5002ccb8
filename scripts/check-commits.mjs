/**
 * Checks the subjects of commits: Conventional, and at most 72 characters. Commits before the date below are not checked. In a
 * shallow clone only its commits are checked; without Git, nothing.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The committer date, not the author date, so a rebased commit is checked. */
const SINCE = '2026-11-28T05:25:00Z';
const LONGEST = 72;
const TYPES = ['build', 'chore', 'ci', 'docs', 'feat', 'fix', 'perf', 'refactor', 'revert', 'style', 'test'];
const CONVENTIONAL = new RegExp(`^(${TYPES.join('|')})(\\([a-z0-9-]+\\))?!?: \\S`);

const root = fileURLToPath(new URL('..', import.meta.url));
const git = (...args) => spawnSync('git', ['-c', `safe.directory=${root.replace(/\/$/, '')}`, ...args], { cwd: root });

/** The problem with a subject; undefined if there is none. */
function problemOf(subject) {
  if (!CONVENTIONAL.test(subject)) return `does not begin with a type such as "fix(cache): ": ${TYPES.join(', ')}`;
  if (subject.length > LONGEST) return `has ${subject.length} characters, ${LONGEST} at most`;
  if (subject.endsWith('.')) return 'ends with a full stop';
  return undefined;
}

const log = git('log', '--no-merges', '--format=%h %s', `--since=${SINCE}`);
if (log.status !== 0) console.log('commits: no Git history here, nothing checked');

const commits = log.status === 0 ? log.stdout.toString().split('\n').filter(Boolean) : [];
const wrong = commits.flatMap((line) => {
  const [, hash, subject] = /^(\S+) (.*)$/.exec(line);
  const problem = problemOf(subject);
  return problem === undefined ? [] : [`${hash} ${subject}\n  ${problem}`];
});
for (const text of wrong) console.error(text);
process.exit(wrong.length > 0 ? 1 : 0);
