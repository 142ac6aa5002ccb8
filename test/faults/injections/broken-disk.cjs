// Loaded before the gateway: while the file of BROKEN_DISK exists, the disk under the journal fails as its content says.
//   write  nothing can be written
//   torn   half of each write is written, and cannot be truncated
//   sync   every write is accepted, but nothing reaches the disk
const fs = require('node:fs');
const { writeSync, ftruncateSync, fdatasync, openSync, closeSync, readFileSync } = fs;
const journals = new Set();
const broken = () => Object.assign(new Error('EIO: i/o error'), { code: 'EIO', errno: -5 });
const failure = (file) => {
  if (!journals.has(file)) return undefined;
  try {
    return readFileSync(process.env.BROKEN_DISK, 'utf8');
  } catch {
    return undefined;
  }
};

fs.openSync = (path, flags, ...rest) => {
  const file = openSync(path, flags, ...rest);
  if (String(path).endsWith('.journal') && flags === 'a') journals.add(file);
  return file;
};
fs.closeSync = (file) => {
  journals.delete(file);
  closeSync(file);
};
fs.writeSync = (file, data, ...rest) => {
  const how = failure(file);
  if (how === 'write') throw broken();
  if (how === 'torn') {
    const at = rest[0] ?? 0;
    if (at > 0 || data.length < 2) throw broken();
    return writeSync(file, data, 0, data.length >> 1);
  }
  return writeSync(file, data, ...rest);
};
fs.ftruncateSync = (file, ...rest) => {
  if (failure(file) === 'torn') throw broken();
  ftruncateSync(file, ...rest);
};
fs.fdatasync = (file, done) => {
  if (failure(file) === 'sync') setImmediate(() => done(broken()));
  else fdatasync(file, done);
};
