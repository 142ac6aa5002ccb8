import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describeTranslator } from '../testing/describe-translator';
import { compatibleChat } from './compatible';
import type { CompatibleVendor } from './quirks';
import { COMPATIBLE_VENDORS } from './records/records';

const FIXTURES = join(__dirname, '__fixtures__');
const VENDORS: [string, CompatibleVendor][] = Object.entries(COMPATIBLE_VENDORS);

for (const [name, vendor] of VENDORS) describeTranslator(name, compatibleChat(vendor), join(FIXTURES, name));

describe('recorded cases', () => {
  it('are there for every vendor, and only for those', () =>
    expect(readdirSync(FIXTURES).toSorted()).toEqual(VENDORS.map(([name]) => name).toSorted()));
});
