// Lines of recorded and random cases as they are written: the order of keys and keys that are repeated mean something, and
// neither survives `JSON.stringify`.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseTree, printTree } from '../../../tests/oracle/tree.mjs';

export const data = path.join(import.meta.dirname, '../../../tests/data');

/** The members of a line, each as its text. */
export function members(line) {
  return Object.fromEntries(parseTree(line).members.map(([name, tree]) => [JSON.parse(name), printTree(tree)]));
}

/** Lines of a file, or of all files of a folder, under tests/data. */
export function* linesOf(name) {
  const at = path.join(data, name);
  const files = name.endsWith('.jsonl') ? [at] : readdirSync(at).filter((file) => file.endsWith('.jsonl')).map((file) => path.join(at, file));
  for (const file of files) for (const line of readFileSync(file, 'utf8').split('\n').filter(Boolean)) yield line;
}

export const WORDS = new Map([[true, 'match'], [false, 'no-match'], ['fault', 'fault'], [null, undefined]]);
const VALUES = new Map([...WORDS].map(([value, word]) => [word, value]));

/** An object that is there, as text. */
export const present = (text) => (text === undefined || text === 'null' ? null : text);

/** An answer as Parse Server's are recorded. */
export const recorded = ({ old, new: now, event }) => ({ old: VALUES.get(old), new: VALUES.get(now), event: event ?? null });
