#!/usr/bin/env node
// The Unicode tables of patterns, ../../src/pattern/unicode/tables.txt.
//
//   node unicode.mjs            writes them anew: every set and every folding as this Node's RegExp has it
//   node unicode.mjs --check [--lines PROGRAM]
//                               exits 1 if what `cargo build --release --example pattern_lines` makes of them differs from
//                               this Node in any property of any code point, or in what `i` takes for one
//
// The names of the sets stand in the file itself: one that is new is a line without a table. With --node VERSION another
// Node is asked than the one at hand.

import './release.mjs';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { built, example } from '../target.mjs';
import { foldings, isKnown, membersOf } from './unicode/engine.mjs';
import { Packer, packedFolding, rangesText } from './unicode/pack.mjs';

const FILE = path.join(import.meta.dirname, '../../src/pattern/unicode/tables.txt');

const { values: options } = parseArgs({
  options: {
    check: { type: 'boolean' },
    lines: { type: 'string', default: example('pattern_lines') },
  },
});

/** What is asked of `\p{…}` for a set of a kind. */
const PREFIX = { is: '', gc: 'gc=', sc: 'sc=', scx: 'scx=' };

/** The names in the file: `[kind, names]` for each line. */
function entries() {
  const lines = fs.readFileSync(FILE, 'utf8').trim().split('\n').slice(1);
  return lines.map(line => {
    const [kind, ...names] = line.split(':')[0].split(/[ ^]/).filter(word => !/^\d+$/.test(word));
    return [kind, names];
  });
}

function write() {
  const { unicode, node } = process.versions;
  const packer = new Packer();
  const lines = entries().map(([kind, names]) =>
    kind === 'fold'
      ? `fold ${names[0]}:${packedFolding(foldings(names[0]))}`
      : `${kind} ${names.join(' ')}${packer.pack(membersOf(PREFIX[kind] + names[0]))}`,
  );
  fs.writeFileSync(FILE, [`# Unicode ${unicode}: node tests/oracle/unicode.mjs, run by Node ${node}`, ...lines].join('\n') + '\n');
  console.log(`${lines.length} tables of Unicode ${unicode}`);
}

/** What differs, as lines to print. */
function differences() {
  const told = execFileSync(built(options.lines, 'cargo build --release --example pattern_lines'), ['tables'], { encoding: 'utf8', maxBuffer: 1 << 28 }).trim().split('\n');
  const [version, ...tables] = told;
  const own = process.versions.unicode;
  const differs = version.startsWith(own) ? [] : [`the tables are of Unicode ${version}, those of Node ${process.versions.node} of ${own}`];
  for (const line of tables) {
    const [name, text] = line.split('\t');
    const theirs = name.startsWith('fold ') ? foldingText(name.slice('fold '.length)) : rangesText(membersOf(name));
    if (theirs !== text) differs.push(`${name} differs`);
  }
  const unnamed = entries().flatMap(([kind, names]) => (kind === 'fold' ? [] : names.filter(name => !isKnown(PREFIX[kind] + name))));
  return [...differs, ...unnamed.map(name => `Node knows no ${name}`), ...missingScripts(tables)];
}

const foldingText = name => foldings(name).map(orbit => orbit.map(c => c.toString(16)).join('=')).join(' ');

/** A script that the file does not name shows in characters that are of no script that it names. */
function missingScripts(tables) {
  const named = tables.filter(line => line.startsWith('sc=')).map(line => line.split('\t')[1]);
  const count = named.flatMap(text => text.split(' ').filter(Boolean)).reduce((sum, range) => {
    const [from, to] = range.split('-').map(c => parseInt(c, 16));
    return sum + to - from + 1;
  }, 0);
  return count === 0x110000 ? [] : [`${0x110000 - count} characters have a script that is not named`];
}

if (options.check) {
  const differs = differences();
  differs.forEach(line => console.log(line));
  console.log(`Unicode ${process.versions.unicode} of Node ${process.versions.node}: ${entries().length} tables compared, ${differs.length} differences`);
  process.exitCode = differs.length ? 1 : 0;
} else write();
