// Case files: one JSON object a line, read and rewritten as text.
//
// The text of a case is part of it: key order and repeated keys have meaning, and do not survive
// `JSON.stringify`. So a line is never printed anew; only its recorded tail is replaced.

import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const dataFolder = path.join(path.dirname(fileURLToPath(import.meta.url)), '../data');

export function readLines(file) {
  return fs.readFileSync(file, 'utf8').split('\n').filter(line => line.trim() !== '');
}

export function writeLines(file, lines) {
  fs.writeFileSync(file, lines.join('\n') + '\n');
}

const JUDGE = path.join(dataFolder, 'judge.json');

/** Notes which release answered `part` of the data: the name of a file, or `default` for all that are not named. */
export function recordJudge(part, release) {
  const judges = fs.existsSync(JUDGE) ? JSON.parse(fs.readFileSync(JUDGE, 'utf8')) : {};
  fs.writeFileSync(JUDGE, `${JSON.stringify({ ...judges, [part]: release }, null, 2)}\n`);
}

export function caseFiles() {
  const folder = path.join(dataFolder, 'cases');
  const names = fs.readdirSync(folder).filter(name => name.endsWith('.jsonl'));
  return names.sort().map(name => path.join(folder, name));
}

/** `line` with what is recorded of it, from the member `"<first>"` to its end, put in place. */
export function withRecorded(line, recorded) {
  const first = Object.keys(recorded)[0];
  const at = line.lastIndexOf(`,"${first}":`);
  const head = at < 0 ? line.trimEnd().slice(0, -1) : line.slice(0, at);
  const members = Object.entries(recorded).map(([key, value]) => `,"${key}":${JSON.stringify(value)}`);
  return head + members.join('') + '}';
}
