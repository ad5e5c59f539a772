// Fills in what find() answers to every case in ../data/find/cases, and in the ledger's entries of this dialect.
//
//   node find/record.mjs           records
//   node find/record.mjs --check   changes nothing; exits 1 if a recorded answer is not the judge's

import fs from 'node:fs';
import path from 'node:path';

import { dataFolder, readLines, withRecorded, writeLines } from '../lines.mjs';
import { find } from './judge.mjs';

const checking = process.argv.includes('--check');
const folder = path.join(dataFolder, 'find/cases');

let [total, stale] = [0, 0];
const ids = new Set();
const files = fs.readdirSync(folder).filter(name => name.endsWith('.jsonl')).sort();
for (const name of files) {
  const file = path.join(folder, name);
  const lines = readLines(file);
  const fresh = lines.map(line => {
    const parsed = JSON.parse(line);
    if (ids.has(parsed.id)) throw new Error(`more than one line has the id ${parsed.id}`);
    ids.add(parsed.id);
    try {
      return withRecorded(line, { expect: find(parsed) });
    } catch (error) {
      throw new Error(`${parsed.id}: ${error.constructor.name} ${error.message}`);
    }
  });
  const changed = fresh.filter((line, i) => line !== lines[i]);
  for (const line of checking ? changed : []) console.log(`${name}: the judge says ${line}`);
  if (!checking && changed.length) writeLines(file, fresh);
  total += lines.length;
  stale += changed.length;
}
console.log(`${total} lines in ${files.length} files, ${stale} ${checking ? 'differ' : 'recorded anew'}`);
process.exit(checking && stale ? 1 : 0);
