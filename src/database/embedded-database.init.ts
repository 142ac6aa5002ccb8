import { PGlite } from '@electric-sql/pglite';

/**
 * Makes the files of an empty database, in a process of its own that ends with it: the memory which the making takes
 * (some 500 MB) is given back. Called with the directory as its argument.
 */
async function initialise(directory: string): Promise<void> {
  const database = await PGlite.create(directory);
  await database.close();
  process.exit(0);
}

void initialise(process.argv[2] ?? '');
