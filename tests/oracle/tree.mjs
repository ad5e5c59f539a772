// JSON as it is written: key order, repeated keys and the spelling of numbers survive.
//
// A tree is {kind: 'object', members: [[key, tree]…]}, {kind: 'list', items: [tree…]}, or
// {kind: 'leaf', text}; keys and leaves keep their text.

const TOKEN = /\s*("(?:[^"\\]|\\.)*"|[-+.\w]+|[[\]{},:])/gy;

export function parseTree(text) {
  const tokens = [];
  TOKEN.lastIndex = 0;
  for (let found; (found = TOKEN.exec(text)); ) tokens.push(found[1]);
  let at = 0;

  function listOf(end, readOne) {
    const found = [];
    while (tokens[at] !== end) {
      found.push(readOne());
      if (tokens[at] === ',') at += 1;
    }
    at += 1;
    return found;
  }
  function member() {
    const key = tokens[at];
    at += 2; // the key and its colon
    return [key, value()];
  }
  function value() {
    const token = tokens[at];
    at += 1;
    if (token === '{') return { kind: 'object', members: listOf('}', member) };
    if (token === '[') return { kind: 'list', items: listOf(']', value) };
    return { kind: 'leaf', text: token };
  }
  return value();
}

export function printTree(tree) {
  if (tree.kind === 'leaf') return tree.text;
  if (tree.kind === 'list') return `[${tree.items.map(printTree).join(',')}]`;
  return `{${tree.members.map(([key, value]) => `${key}:${printTree(value)}`).join(',')}}`;
}
