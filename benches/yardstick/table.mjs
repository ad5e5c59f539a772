// The goals of what was measured, as a table of Markdown.

import { goals } from './goals.mjs';

const MARKS = new Map([
  [true, 'yes'],
  [false, '**no**'],
]);

export function table(measurements) {
  const run = goals(measurements).filter(({ met }) => met !== null);
  const rows = run.map(({ what, goal, measured, met }) => [what, goal, measured, MARKS.get(met)]);
  const lines = [['what', 'goal', 'measured', 'met'], ['---', '---', '---', '---'], ...rows];
  return lines.map(cells => `| ${cells.join(' | ')} |\n`).join('');
}
