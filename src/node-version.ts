/** As `engines` in package.json. Imported before all else: an older Node fails at the first import of a library. */
const OLDEST = [20, 19] as const;
/** EX_CONFIG of sysexits.h. */
const EXIT_CONFIG = 78;

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
  process.stderr.write(
    `The gateway needs Node ${OLDEST.join('.')} or later; this is Node ${process.versions.node}. Install a newer Node.\n`,
  );
  process.exit(EXIT_CONFIG);
}
