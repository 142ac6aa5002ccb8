/** Loaded into a gateway by `--require`: on SIGUSR2 it prints how long its event loop was held at most since the last time. */
const { monitorEventLoopDelay } = require('node:perf_hooks');

const delay = monitorEventLoopDelay({ resolution: 5 });
delay.enable();
process.on('SIGUSR2', () => {
  process.stdout.write(`loop held for ${(delay.max / 1e6).toFixed(0)} ms\n`);
  delay.reset();
});
