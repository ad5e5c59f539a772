// PCRE2, asked through a Python process and a pair of named pipes, so that an answer can be waited for.

import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const here = import.meta.dirname;

/** The Python of the environment that `setup.sh` makes. */
export const python = process.env.FIND_PYTHON ?? path.join(here, 'venv/bin/python');

let pipes = null;

function open() {
  if (!fs.existsSync(python)) throw new Error(`no ${python}: run tests/oracle/find/setup.sh first`);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'livematch-pcre2-'));
  const [questions, answers] = ['questions', 'answers'].map(name => path.join(folder, name));
  execFileSync('mkfifo', [questions, answers]);
  const child = spawn(python, [path.join(here, 'patterns.py'), questions, answers], { stdio: 'inherit' });
  child.unref();
  process.on('exit', () => {
    child.kill();
    fs.rmSync(folder, { recursive: true, force: true });
  });
  return { questions: fs.openSync(questions, 'w'), answers: fs.openSync(answers, 'r') };
}

const known = new Map();
const MOST_KNOWN = 100_000;

/** '1' if it matches, '0' if not, 'e' if the pattern is invalid, 'l' if the library gives up. */
function ask(pattern, options, text) {
  const question = JSON.stringify({ pattern, options, text });
  const before = known.get(question);
  if (before !== undefined) return before;
  pipes ??= open();
  fs.writeSync(pipes.questions, question + '\n');
  const byte = Buffer.alloc(1);
  if (fs.readSync(pipes.answers, byte) !== 1) throw new Error(`PCRE2 is gone; it was asked ${question}`);
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(question, byte.toString());
  return byte.toString();
}

export const isValid = (pattern, options) => ask(pattern, options, '') !== 'e';

export function matches(pattern, options, text) {
  const answer = ask(pattern, options, text);
  if (answer === 'l') throw new Error(`PCRE2 gave up on ${pattern}`);
  return answer === '1';
}
