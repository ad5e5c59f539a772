// Checks that what README.md and server/README.md promise stands there as it is held, and that what holds it is there.
//
//   node tests/pages/promises.mjs
//
// A line of promises.jsonl is a promise: `page`, what it `says` word for word, and one of
//
//   held      tests, as `file#name`: in Rust a function that is a test, in a test file of Node the name of a test or of a suite
//   run       what else holds it, as `file#text`: the text has to stand in the file
//   lines     files with how many lines each has, or all of them together
//   absent    a pattern that no line of the Rust files of a folder has, comments and tests apart
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const read = (path) => readFileSync(join(root, path), 'utf8');
const plain = (text) => text.replace(/\s+/g, ' ');

const promises = read('tests/pages/promises.jsonl').trim().split('\n').map((line) => JSON.parse(line));
const problems = promises.flatMap((promise) => wrong(promise).map((why) => `${promise.page}: "${promise.says}": ${why}`));
problems.forEach((problem) => console.log(problem));
console.log(`${promises.length} promises, ${problems.length} problems`);
if (promises.length === 0 || problems.length > 0) process.exit(1);

/** Whether a file has a test of this name. */
function hasTest(path, name) {
  const text = read(path);
  if (path.endsWith('.rs')) {
    const attributes = text.match(new RegExp(`((?:#\\[[^\\n]*\\]\\s*)+)(?:async )?fn ${name}\\(`))?.[1] ?? '';
    return /#\[(tokio::)?test\b/.test(attributes) && !attributes.includes('ignore');
  }
  return text.split('\n').some((line) => line.includes(name) && /\b(test|describe)\(/.test(line));
}

function wrong({ page, says, held = [], run = [], lines, absent }) {
  const problems = [];
  if (!plain(read(page)).includes(plain(says))) problems.push('it does not stand there');
  if (held.length === 0 && run.length === 0 && !lines && !absent) problems.push('nothing holds it');
  const isThere = { held: hasTest, run: (path, text) => read(path).includes(text) };
  for (const [kind, each] of [...held.map((one) => ['held', one]), ...run.map((one) => ['run', one])]) {
    const [, path, name] = each.match(/^([^#]*)#(.+)$/);
    try {
      if (!isThere[kind](path, name)) problems.push(`${path} has no ${kind === 'held' ? 'test' : 'line'} ${name}`);
    } catch {
      problems.push(`${path} is not there`);
    }
  }
  if (lines) {
    const { of, count } = lines;
    const files = execFileSync('git', ['-C', root, 'ls-files', ...of], { encoding: 'utf8' }).trim().split('\n');
    const found = files.reduce((sum, file) => sum + read(file).trimEnd().split('\n').length, 0);
    if (found !== count) problems.push(`${of} have ${found} lines, and not ${count}`);
    if (!says.includes(count.toLocaleString('en'))) problems.push(`it does not say ${count.toLocaleString('en')}`);
  }
  if (absent) {
    const files = execFileSync('git', ['-C', root, 'ls-files', `${absent.from}/**.rs`, `${absent.from}/*.rs`], { encoding: 'utf8' }).trim().split('\n');
    for (const file of new Set(files)) {
      const code = read(file).split('#[cfg(test)]')[0];
      const found = code.split('\n').find((line) => !line.trim().startsWith('//') && new RegExp(absent.pattern).test(line));
      if (found) problems.push(`${file} has ${found.trim()}`);
    }
  }
  return problems;
}
