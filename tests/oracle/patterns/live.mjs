// Random patterns, answered by the binary and by this Node side by side.

import readline from 'node:readline';
import { execFileSync, spawn } from 'node:child_process';
import vm from 'node:vm';

import { BEARS_EMPTY_CLASSES, EDITION, isValid } from './engine.mjs';
import { isWrong, sharesName } from './faults.mjs';
import { Generator } from './generate.mjs';

const TEXTS = 8;
const BATCH = 1000;
const SHOWN = 40; // differences that are printed
const KEPT = 0.03; // of the patterns that JavaScript refuses, where it is texts that are tried

/** What a run is about: texts against patterns that are seldom refused, or which patterns are refused. */
export const profileNames = ['texts', 'syntax'];

/** The most that may be refused where texts are tried: of such a pattern nothing else is compared. */
export const MOST_REFUSED = 0.03;

const hex = text => [...Array(text.length).keys()].map(i => text.charCodeAt(i).toString(16).padStart(4, '0')).join('');

/** The next case; in the profile of texts nearly always one that JavaScript takes. */
function next(generator, profile) {
  for (;;) {
    const item = generator.next(TEXTS);
    if (profile === 'syntax' || isValid(item.source, item.flags) || generator.r.chance(KEPT)) return item;
  }
}

/** Makes `count` random checks; resolves to a tally, in which `differs` says how many failed. */
export async function live({ count, seed, profile, program }) {
  const tool = spawn(program, [String(EDITION)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = readline.createInterface({ input: tool.stdout })[Symbol.asyncIterator]();
  const generator = new Generator(seed, { edition: EDITION, operators: BEARS_EMPTY_CLASSES });
  const tally = { checks: 0, patterns: 0, invalid: 0, matches: 0, ledger: 0, overBudget: 0, timeouts: 0, wavers: 0, routes: {}, refused: {}, differs: 0 };
  while (tally.checks < count) {
    const batch = Array.from({ length: BATCH }, () => next(generator, profile));
    for (const { source, flags, texts } of batch) {
      tool.stdin.write(`${[hex(source), flags, ...texts.map(hex)].join('\t')}\n`);
    }
    for (const item of batch) compare(item, await answered(lines, item, tally), tally);
  }
  tool.stdin.end();
  return tally;
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
  if (tally.differs <= SHOWN) console.log(`/${source}/${flags} ${JSON.stringify(source)} ${what}`);
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

/**
 * Whether another process of this Node answers otherwise: then neither is an answer. Node 24.21.0 does so for some patterns of names that groups
 * share, once a process has compiled some thousand patterns and is out of what it has for optimised code.
 */
function wavers(source, flags, text, yes) {
  const asked = `new RegExp(${JSON.stringify(source)}, ${JSON.stringify(flags)}).test(${JSON.stringify(text)})`;
  return execFileSync(process.execPath, ['-p', asked], { encoding: 'utf8' }).trim() !== String(yes);
}

function compare(item, line, tally) {
  const { source, flags, texts } = item;
  tally.patterns++;
  if (!isValid(source, flags)) {
    tally.checks++;
    tally.invalid++;
    if (line !== 'Invalid') report(tally, item, `JavaScript refuses it, here ${line}`);
    return;
  }
  const [route, digits] = line.split(' ');
  if (digits === undefined) {
    refused(item, route, tally);
    return;
  }
  tally.routes[route] = (tally.routes[route] ?? 0) + 1;
  const answers = tested(new RegExp(source, flags), texts);
  if (!answers) tally.timeouts++;
  answers?.forEach((yes, i) => {
    tally.checks++;
    tally.matches += yes;
    if (digits[i] === '?') tally.overBudget++;
    if (digits[i] === '?' || yes === (digits[i] === '1')) return;
    if (isWrong(source, flags, texts[i], yes)) tally.ledger++;
    else if (wavers(source, flags, texts[i], yes)) tally.wavers++;
    else report(tally, item, `on ${JSON.stringify(texts[i])}: JavaScript ${yes}`);
  });
}

/** What JavaScript takes and we refuse. Beyond a limit, or without a table, there is no answer, and so no wrong one. */
function refused(item, why, tally) {
  tally.refused[why] = (tally.refused[why] ?? 0) + 1;
  if (why !== 'Invalid') return;
  if (sharesName(item.source)) tally.ledger++;
  else report(tally, item, 'JavaScript takes it');
}
