/**
 * `npm run demo`: a gateway with a month of made-up traffic, in a directory of its own that goes with the demo.
 *
 *   --port 3000        0 is a free one
 *   --directory <path> a new or empty directory for the data; without it a temporary one
 *   --keep             leaves the directory at the end
 *   --days 35          how far the past goes back
 *   --scale normal     small, normal, large, or a number that multiplies the calls
 *   --seed 7           the same calls for the same number
 *   --quiet            no calls while it runs
 *   --json             one line of JSON when it is ready, for programs
 */
import { parseArgs } from 'node:util';
import { banner } from './demo/banner.mjs';
import { makeScratch, removeAtExit } from './demo/scratch.mjs';
import { buildIfNeeded } from './start.mjs';

const SCALES = { small: 0.15, normal: 1, large: 4 };
const WRONG_OPTION = 64;
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '3000' },
    directory: { type: 'string' },
    keep: { type: 'boolean' },
    days: { type: 'string', default: '35' },
    scale: { type: 'string', default: 'normal' },
    seed: { type: 'string', default: '7' },
    quiet: { type: 'boolean' },
    json: { type: 'boolean' },
  },
});
const say = (line) => process.stdout.write(`${line}\n`);

function number(name, text, least, most) {
  const value = Number(text);
  if (text !== '' && value >= least && value <= most) return value;
  console.error(`--${name}: must be from ${least} to ${most}, and is '${text}'.`);
  return process.exit(WRONG_OPTION);
}

const port = number('port', values.port, 0, 65_535);
const days = Math.floor(number('days', values.days, 1, 400));
const scale = SCALES[values.scale] ?? number('scale', values.scale, 0.01, 100);
const seed = Math.floor(number('seed', values.seed, 0, 2 ** 31));
buildIfNeeded();
const { Demo } = await import('./demo/run.mjs');
const directory = makeScratch(values.directory);
if (!values.keep) removeAtExit(directory);
const demo = new Demo({
  directory,
  days,
  scale,
  seed,
  isQuiet: values.quiet === true,
  port: port === 0 ? undefined : port,
});

async function end(code) {
  await demo.stop();
  process.exit(code);
}
let isEnding = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (!isEnding) void end(0);
    isEnding = true;
  });
}

try {
  const started = await demo.start(values.json ? () => undefined : say);
  say(banner({ ...started, directory }, { isKept: values.keep === true, isJson: values.json === true }));
} catch (error) {
  if (!isEnding) {
    console.error(`demo: ${error.message}`);
    await end(1);
  }
}
