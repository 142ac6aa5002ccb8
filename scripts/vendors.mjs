/** Runs the stand-in of the vendors: `npm run vendors -- [--port n] [--log file] [--lenient]`. Prints the environment that calls it. */
import { parseArgs } from 'node:util';
import { loadVendorServer } from './vendors/load-vendors.mjs';

const { values } = parseArgs({
  options: { port: { type: 'string' }, log: { type: 'string' }, lenient: { type: 'boolean' } },
});
const vendors = await loadVendorServer().start({
  port: Number(values.port ?? 0),
  logFile: values.log,
  strict: values.lenient !== true,
});
for (const [name, value] of Object.entries(vendors.env)) process.stdout.write(`${name}=${value}\n`);
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => void vendors.stop().then(() => process.exit(0)));
}
