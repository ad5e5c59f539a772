// Cuts a line down to its smallest form that is still wrong.

import { parseTree, printTree } from './tree.mjs';

const ROUNDS = 300;

/**
 * `findWrong(lines)` resolves to the index of a line that is still wrong, or -1. Only what is below
 * the members named in `roots` is cut.
 */
export async function shrink(line, roots, findWrong) {
  for (let round = 0; round < ROUNDS; round += 1) {
    const shorter = shorterLines(line, roots);
    const found = await findWrong(shorter);
    if (found < 0) return line;
    line = shorter[found];
  }
  return line;
}

/** Each line that one cut makes of `line`, the shortest first. */
function shorterLines(line, roots) {
  const tree = parseTree(line);
  const isRoot = ([key]) => roots.includes(JSON.parse(key));
  // A side of a change that is no object is no case.
  const isCase = cut => cut.kind !== 'list' && (cut.kind !== 'leaf' || cut === NULL);
  const lines = tree.members.flatMap((member, i) =>
    isRoot(member) ? cuts(member[1]).filter(isCase).map(cut => printTree(withMember(tree, i, cut))) : [],
  );
  const shorter = [...new Set(lines)].filter(text => text.length < line.length);
  return shorter.sort((a, b) => a.length - b.length);
}

function withMember(tree, i, value) {
  const members = tree.members.with(i, [tree.members[i][0], value]);
  return { ...tree, members };
}

/** Every tree that one cut makes of `tree`. */
function cuts(tree) {
  if (tree.kind === 'leaf') return cutLeaf(tree);
  return tree.kind === 'list' ? cutList(tree) : cutObject(tree);
}

const leaf = text => ({ kind: 'leaf', text });
const NULL = leaf('null');

function cutList({ items }) {
  const list = items => ({ kind: 'list', items });
  const without = items.map((_, i) => list(items.toSpliced(i, 1)));
  const inside = items.flatMap((item, i) => cuts(item).map(cut => list(items.with(i, cut))));
  return [NULL, ...items, ...without, ...inside];
}

function cutObject(tree) {
  const { members } = tree;
  const without = members.map((_, i) => ({ ...tree, members: members.toSpliced(i, 1) }));
  const inside = members.flatMap(([key, value], i) => [
    ...cuts(value).map(cut => withMember(tree, i, cut)),
    ...shorterTexts(key).map(cut => ({ ...tree, members: members.with(i, [cut, value]) })),
  ]);
  return [NULL, ...members.map(([, value]) => value), ...without, ...inside];
}

function cutLeaf({ text }) {
  if (text.startsWith('"')) return shorterTexts(text).map(leaf);
  return ['0', '1', 'null'].filter(simple => simple !== text).map(leaf);
}

/** `quoted`, a JSON text, with one stretch of it left out. */
function shorterTexts(quoted) {
  const points = Array.from(JSON.parse(quoted));
  const half = points.length >> 1;
  const stretches = [points.slice(0, half), points.slice(half)];
  const single = points.slice(0, 24).map((_, i) => points.toSpliced(i, 1));
  return [...stretches, ...single].map(kept => JSON.stringify(kept.join('')));
}
