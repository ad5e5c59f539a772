// Where an engine is known to answer patterns wrongly, as narrowly as can be said; the ledger has a case of each.

import { flattened, restated } from './flatten.mjs';

/** Whether V8 lets two groups of one name pass that may both match. Node 24 does where the later one's group has alternatives. */
export function sharesName(source) {
  const names = [];
  // For each open group: the names before it, and those of its alternatives that are done.
  const open = [{ before: [], done: [] }];
  const token = /\\[^]|\[(?:\\[^]|[^\]\\])*\]|\(\?<(?![=!])([^>]+)>|\(|\)|\|/g;
  for (const [text, name] of source.matchAll(token)) {
    const { before, done } = open.at(-1);
    if (name && names.includes(name)) return true;
    if (name) names.push(name);
    if (text.startsWith('(')) open.push({ before: [...names], done: [] });
    if (text === '|' || text === ')') {
      done.push(...names.slice(before.length));
      names.length = before.length;
    }
    if (text === ')' && open.length > 1) {
      open.pop();
      names.push(...done);
    }
  }
  return false;
}

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

/** Whether V8 is known to answer `yes` wrongly to this text. */
export function isWrong(source, flags, text, yes) {
  if (yes && /[uv]/.test(flags) && beginsInsidePair(source, flags, text)) return true;
  const same = respelled(source, flags);
  if (same !== source && new RegExp(same, flags).test(text) !== yes) return true;
  return losesFlags(source, flags, text, yes);
}

/** V8 forgets where the flags of a part end, or that they have begun, when it writes code out of order. */
function losesFlags(source, flags, text, yes) {
  if (!/\(\?(?:[ims]+|[ims]*-[ims]+):/.test(source)) return false;
  if (flags.includes('v') && new RegExp(restated(source, flags), flags).test(text) !== yes) return true;
  const same = flattened(source, flags, text);
  return same !== null && same.test(text) !== yes;
}

/** V8 looks for a match inside a surrogate pair too, where the specification never begins one. */
function beginsInsidePair(source, flags, text) {
  const found = new RegExp(source, flags).exec(text);
  return /^[\ud800-\udbff][\udc00-\udfff]/.test(text.slice(Math.max(found.index - 1, 0))) && found.index > 0;
}
