// The table of patterns, ../../data/patterns.jsonl: what Node answers to the patterns and texts of cases.mjs.
//
// A line with `"edition": 2025` has a pattern that earlier editions of ECMAScript refuse. All else is answered alike by
// every Node; what one of them gets wrong stands in the ledger and not here.

import { execFileSync } from 'node:child_process';
import path from 'node:path';

import { dataFolder, readLines, recordJudge, writeLines } from '../lines.mjs';
import { pinned, programOf } from '../release.mjs';
import { cases } from './cases.mjs';
import { EDITION } from './engine.mjs';

const FILE = path.join(dataFolder, 'patterns.jsonl');
/** A Node of the edition before. */
const EARLIER = '22';

/** Texts are strings, or arrays of units where they are no valid text. */
const textOf = text => (typeof text === 'string' ? text : String.fromCharCode(...text));
const written = text => (text.isWellFormed() ? text : Array.from({ length: text.length }, (_, i) => text.charCodeAt(i)));

function answer({ pattern, flags, texts }) {
  let regExp;
  try {
    regExp = new RegExp(textOf(pattern), flags);
  } catch {
    return { error: true };
  }
  const test = text => {
    regExp.lastIndex = 0;
    return regExp.test(textOf(text));
  };
  return { yes: texts.filter(test), no: texts.filter(text => !test(text)) };
}

/** What this Node answers to every case, a line each. */
export const answers = () => cases().map(one => JSON.stringify(answer({ ...one, texts: one.texts.map(written) })));

/** Writes the table anew; this Node must be one of the newest edition. Resolves to the number of lines. */
export function record() {
  if (EDITION < 2025) throw new Error('expected a Node that knows ECMAScript 2025; run it with --node 24');
  const program = path.join(import.meta.dirname, '../patterns.mjs');
  const told = execFileSync(programOf(pinned('node', EARLIER)), [program, '--answers'], { encoding: 'utf8', maxBuffer: 1 << 28 });
  const earlier = told.trim().split('\n');
  const lines = answers().map((now, i) => {
    const { pattern, flags } = cases()[i];
    const isNew = now !== earlier[i];
    if (isNew && !JSON.parse(earlier[i]).error) throw new Error(`/${pattern}/${flags}: two Nodes differ; it belongs into the ledger`);
    return JSON.stringify({ pattern: written(pattern), flags, ...(isNew && { edition: 2025 }), ...JSON.parse(now) });
  });
  writeLines(FILE, lines);
  const { node, unicode } = process.versions;
  recordJudge(path.basename(FILE), { node, unicode });
  return lines.length;
}

/** The lines that this Node answers otherwise, and how many there are in all. */
export function check() {
  const lines = readLines(FILE);
  const differs = lines.filter(line => {
    const { pattern, flags, edition, ...recorded } = JSON.parse(line);
    const expected = (edition ?? 0) > EDITION ? { error: true } : recorded;
    const texts = [...(recorded.yes ?? []), ...(recorded.no ?? [])];
    return JSON.stringify(answer({ pattern, flags, texts })) !== JSON.stringify(expected);
  });
  return { total: lines.length, differs };
}
