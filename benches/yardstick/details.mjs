// W1 query by query, for whoever wants to know where the time goes.

import { time } from './format.mjs';

const COLUMNS = {
  Node: 'node/single/',
  'Node, guarded': 'node/guarded/',
  '`Object`': 'livematch/single/object/',
  '`Value`': 'livematch/single/value/',
  'by hand, on `Value`': 'livematch/single/by_hand/',
};

export function details(m) {
  const head = ['query', ...Object.keys(COLUMNS)];
  const cell = (prefix, name) => (m.has(prefix + name) ? time(m.best(prefix + name)) : '');
  const rows = m
    .under('livematch/single/object/')
    .map(name => [name, ...Object.values(COLUMNS).map(prefix => cell(prefix, name))]);
  return [head, head.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |\n`).join('');
}
