#!/usr/bin/env node
// What JavaScript answers to regular expressions.
//
//   node patterns.mjs               records the answers into ../data/patterns.jsonl, from its own patterns and texts
//   node patterns.mjs --check       tells where that file says something else than this Node
//   node patterns.mjs --live [--count N] [--seed S] [--lines PROGRAM]
//                                   N random checks against `cargo build --release --example pattern_lines`
import fs from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import { spawn } from 'node:child_process';
import vm from 'node:vm';
import { fileURLToPath } from 'node:url';
import { Generator } from './random_patterns.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const DATA = path.join(here, '../data/patterns.jsonl');

// ---- the table

/** Texts are strings, or arrays of units where they are no valid text. */
const textOf = text => (typeof text === 'string' ? text : String.fromCharCode(...text));
const isValid = text => !/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(text);
const written = text => (isValid(text) ? text : [...Array(text.length).keys()].map(i => text.charCodeAt(i)));

function answer({ pattern, flags, texts }) {
  let regExp;
  try {
    regExp = new RegExp(textOf(pattern), flags);
  } catch {
    return { pattern, flags, error: true };
  }
  const test = text => {
    regExp.lastIndex = 0;
    return regExp.test(textOf(text));
  };
  return { pattern, flags, yes: texts.filter(test), no: texts.filter(text => !test(text)) };
}

async function record() {
  const { cases } = await import('./pattern_cases.mjs');
  const lines = cases().map(({ pattern, flags, texts }) => JSON.stringify(answer({ pattern: written(pattern), flags, texts: texts.map(written) })));
  fs.writeFileSync(DATA, `${lines.join('\n')}\n`);
  console.log(`${lines.length} patterns recorded`);
}

function check() {
  const lines = fs.readFileSync(DATA, 'utf8').trim().split('\n');
  const differs = lines.filter(line => {
    const { pattern, flags, yes = [], no = [] } = JSON.parse(line);
    const now = answer({ pattern, flags, texts: [...yes, ...no] });
    return JSON.stringify(now) !== line;
  });
  differs.forEach(line => console.log(`differs: ${line}`));
  console.log(`${lines.length} patterns checked, ${differs.length} differ`);
  process.exitCode = differs.length ? 1 : 0;
}

// ---- random patterns

const hex = text => [...Array(text.length).keys()].map(i => text.charCodeAt(i).toString(16).padStart(4, '0')).join('');

/**
 * The same pattern in a spelling that V8 11 does not get wrong. Where it answers otherwise than to the first spelling, it
 * contradicts itself, and what is right has to be the answer to this one.
 */
function respelled(source, flags) {
  let same = source;
  if (/[uv]/.test(flags)) {
    // Counting the groups ahead, V8 loses the first half of a pair that follows the reference.
    same = same.replace(/(\\\d+)(?=[\ud800-\udbff][\udc00-\udfff])/g, '$1(?:)');
  }
  if (flags.includes('v')) {
    // V8 does not sort the single characters of \q{…} before it subtracts from them.
    same = same.replace(/\\q\{([^{}]*)\}/gu, (_, strings) => {
      const parts = strings.split(/(?<!\\)\|/);
      const single = parts.filter(part => /^\\?.$/u.test(part));
      const others = parts.filter(part => !/^\\?.$/u.test(part));
      return `[${others.length ? `\\q{${others.join('|')}}` : ''}${single.join('')}]`;
    });
  }
  if (flags.includes('v') && flags.includes('i')) {
    // V8 folds neither a lone character beside && or --, nor the complement of a binary property before it is taken.
    same = same.replace(/(?<=&&|--)(\\u\{[\da-f]+\}|\\?[^[\]\\])(?=&&|--|\])/giu, '[$1]').replace(/(?<=\[\^?)(\\?[^[\]\\^])(?=&&|--)/gu, '[$1]');
    same = same.replace(/\\P(\{\w+\})/g, '[^\\p$1]');
  }
  return same;
}

/** Whether V8 is known to answer wrongly here. */
function inLedger(source, flags, text, yes) {
  if (yes && /[uv]/.test(flags) && beginsInsidePair(source, flags, text)) return true;
  const same = respelled(source, flags);
  return same !== source && new RegExp(same, flags).test(text) !== yes;
}

/** V8 looks for a match inside a surrogate pair too, where the specification never begins one. */
function beginsInsidePair(source, flags, text) {
  const found = new RegExp(source, flags).exec(text);
  return /^[\ud800-\udbff][\udc00-\udfff]/.test(text.slice(Math.max(found.index - 1, 0))) && found.index > 0;
}

const TEXTS = 8;
const BATCH = 1000;

async function live({ count, seed, program }) {
  const tool = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = readline.createInterface({ input: tool.stdout })[Symbol.asyncIterator]();
  const generator = new Generator(seed);
  const tally = { checks: 0, patterns: 0, invalid: 0, matches: 0, ledger: 0, overBudget: 0, timeouts: 0, routes: {}, refused: {}, differs: 0 };
  while (tally.checks < count) {
    const batch = Array.from({ length: BATCH }, () => generator.next(TEXTS));
    for (const { source, flags, texts } of batch) {
      tool.stdin.write(`${[hex(source), flags, ...texts.map(hex)].join('\t')}\n`);
    }
    for (const item of batch) compare(item, await answered(lines, item, tally), tally);
  }
  tool.stdin.end();
  console.log(JSON.stringify({ seed, ...tally }));
  process.exitCode = tally.differs ? 1 : 0;
}

/** The tool's line for an item; what it says about its engines is a difference too. */
async function answered(lines, item, tally) {
  for (;;) {
    const { value, done } = await lines.next();
    if (done) throw new Error(`the tool ended at ${JSON.stringify(item)}`);
    if (!value.startsWith('!')) return value;
    report(tally, item, value);
  }
}

function report(tally, { source, flags }, what) {
  tally.differs++;
  if (tally.differs <= 40) console.log(`/${source}/${flags} ${JSON.stringify(source)} ${what}`);
}

/** JavaScript backtracks: what it does not finish in time is no check. */
const PATIENCE = 500;
const context = vm.createContext({});
const testAll = new vm.Script('texts.map(text => { regExp.lastIndex = 0; return regExp.test(text); })');

function tested(regExp, texts) {
  Object.assign(context, { regExp, texts });
  try {
    return testAll.runInContext(context, { timeout: PATIENCE });
  } catch (error) {
    if (error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return null;
    throw error;
  }
}

function compare(item, line, tally) {
  const { source, flags, texts } = item;
  tally.patterns++;
  let regExp;
  try {
    regExp = new RegExp(source, flags);
  } catch {
    tally.checks++;
    tally.invalid++;
    if (line !== 'Invalid') report(tally, item, `JavaScript refuses it, here ${line}`);
    return;
  }
  const [route, digits] = line.split(' ');
  if (digits === undefined) {
    // A limit, or a table that is not here: no answer, and so no wrong one.
    tally.refused[route] = (tally.refused[route] ?? 0) + 1;
    if (route === 'Invalid') report(tally, item, 'JavaScript takes it');
    return;
  }
  tally.routes[route] = (tally.routes[route] ?? 0) + 1;
  const answers = tested(regExp, texts);
  if (!answers) tally.timeouts++;
  answers?.forEach((yes, i) => {
    const text = texts[i];
    tally.checks++;
    tally.matches += yes;
    if (digits[i] === '?') tally.overBudget++;
    if (digits[i] === '?' || yes === (digits[i] === '1')) return;
    if (inLedger(source, flags, text, yes)) tally.ledger++;
    else report(tally, item, `on ${JSON.stringify(text)}: JavaScript ${yes}`);
  });
}

// ---- what to do

const option = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : process.argv[at + 1];
};
if (process.argv.includes('--live')) {
  const program = option('lines', path.join(here, '../../target/release/examples/pattern_lines'));
  await live({ count: Number(option('count', 100000)), seed: Number(option('seed', 1)), program });
} else if (process.argv.includes('--check')) check();
else await record();
