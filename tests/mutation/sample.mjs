// Leaves so many mutants of each part in a list, chosen by a seed: whoever takes the same has the same.
//
//   node sample.mjs LIST COUNT SEED

import { createHash } from 'node:crypto';
import fs from 'node:fs';

const [list, count, seed] = process.argv.slice(2);
const mutants = JSON.parse(fs.readFileSync(list, 'utf8'));
const part = ({ file }) => file.match(/src\/(\w+)/)[1];
const lot = ({ name }) => createHash('sha256').update(`${seed} ${name}`).digest('hex');

const drawn = [...new Set(mutants.map(part))].flatMap(each => {
  const some = mutants.filter(mutant => part(mutant) === each);
  return some.toSorted((a, b) => (lot(a) < lot(b) ? -1 : 1)).slice(0, Number(count));
});
fs.writeFileSync(list, JSON.stringify(mutants.filter(mutant => drawn.includes(mutant))));
