// The binary under test: a long-lived one for the run, and one for a handful of lines.

import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const PATIENCE = 30_000; // ms without an answer, after which the binary counts as hung

/** A running binary that answers each line with a line. */
export class Tool {
  #child;
  #rest = '';
  #waiting = null; // {answers, count, resolve, reject}
  #watchdog = null;
  #ended = null;

  constructor(binary, args) {
    this.#child = spawn(binary, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#child.stdout.setEncoding('utf8');
    this.#child.stdout.on('data', chunk => this.#read(chunk));
    this.#child.stdin.on('error', () => {}); // told by the exit below
    this.#child.on('error', error => this.#end(error));
    this.#child.on('close', code => this.#end(new Error(`the binary ended with code ${code}`)));
  }

  /** Resolves to the text of each answer. One question at a time. */
  ask(lines) {
    if (this.#ended) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      this.#waiting = { lines, answers: [], resolve, reject };
      this.#watch();
      this.#child.stdin.write(lines.join('\n') + '\n');
    });
  }

  close() {
    clearTimeout(this.#watchdog);
    this.#waiting = null;
    this.#child.stdin.end();
  }

  #watch() {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => {
      this.#child.kill('SIGKILL');
      this.#end(new Error(`no answer within ${PATIENCE / 1000} s`));
    }, PATIENCE);
  }

  #read(chunk) {
    const texts = (this.#rest + chunk).split('\n');
    this.#rest = texts.pop();
    const waiting = this.#waiting;
    if (!waiting || texts.length === 0) return;
    waiting.answers.push(...texts);
    this.#watch();
    if (waiting.answers.length < waiting.lines.length) return;
    clearTimeout(this.#watchdog);
    this.#waiting = null;
    waiting.resolve(waiting.answers);
  }

  #end(error) {
    clearTimeout(this.#watchdog);
    this.#ended ??= error;
    const waiting = this.#waiting;
    if (!waiting) return;
    this.#waiting = null;
    const unanswered = waiting.lines[waiting.answers.length];
    waiting.reject(new Error(`${this.#ended.message}; it was asked\n${unanswered}`));
  }
}

/** The answers to a few lines from a binary of their own. */
export function askOnce(binary, args, lines) {
  const options = { input: lines.join('\n') + '\n', encoding: 'utf8', timeout: PATIENCE, maxBuffer: 1 << 28 };
  const { stdout } = spawnSync(binary, args, options);
  return (stdout ?? '').split('\n').slice(0, lines.length);
}

/** Runs `work` with the path of a file that holds `lines`. */
export async function withFile(lines, work) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'livematch-'));
  try {
    const file = path.join(folder, 'queries.jsonl');
    fs.writeFileSync(file, lines.join('\n') + '\n');
    return await work(file);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}
