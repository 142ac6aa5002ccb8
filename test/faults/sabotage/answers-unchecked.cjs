/** Breaks the check of what comes from Redis on purpose: every answer has the same checksum, whatever became of it. */
require('node:zlib').crc32 = () => 1;
