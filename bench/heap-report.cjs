/**
 * Loaded before the gateway, it collects all garbage on SIGUSR2 and writes the memory in use afterwards, in bytes, to the
 * file in BENCH_HEAP_FILE. The gateway itself never forces a collection.
 */
const { writeFileSync, renameSync } = require('node:fs');
const { setFlagsFromString } = require('node:v8');
const { runInNewContext } = require('node:vm');
const { isMainThread } = require('node:worker_threads');

const file = process.env.BENCH_HEAP_FILE;
if (isMainThread && file !== undefined) {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  process.on('SIGUSR2', () => {
    // The second collection frees what the first one finalised.
    collect();
    setImmediate(() => {
      collect();
      writeFileSync(`${file}.tmp`, JSON.stringify(process.memoryUsage()));
      renameSync(`${file}.tmp`, file);
    });
  });
}
