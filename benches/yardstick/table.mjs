// The goals as a table of Markdown.

import { goals } from './goals.mjs';

const MARKS = new Map([
  [true, 'yes'],
  [false, '**no**'],
  [null, ''],
]);

export function table(measurements) {
  const rows = goals(measurements).map(({ what, goal, measured, met }) => [what, goal, measured, MARKS.get(met)]);
  const lines = [['what', 'goal', 'measured', 'met'], ['---', '---', '---', '---'], ...rows];
  return lines.map(cells => `| ${cells.join(' | ')} |\n`).join('');
}
