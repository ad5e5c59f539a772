// Draws what `cargo bench --bench shapes` printed: a map of the queries that a change runs in vain, for each file one.
//
//   node chart.mjs TITLE=FILE… > chart.svg

import fs from 'node:fs';

const CELL = 13;
const LABELS = { left: 92, top: 104 };
/** From which number on a cell has which colour. */
const COLOURS = [
  [0, '#2c7a51'],
  [21, '#e3c64b'],
  [101, '#e08a3c'],
  [1001, '#b3262b'],
];

const colour = inVain => COLOURS.findLast(([from]) => inVain >= from)[1];

/** The worst of the orders of each shape. */
function read(file) {
  const worst = new Map();
  for (const line of fs.readFileSync(file, 'utf8').trim().split('\n')) {
    const [common, rare, , inVain] = line.split('\t');
    if (!rare) continue;
    const row = worst.get(common) ?? worst.set(common, new Map()).get(common);
    row.set(rare, Math.max(row.get(rare) ?? 0, Number(inVain)));
  }
  return worst;
}

function map({ title, shapes }, x) {
  const rows = [...shapes.keys()];
  const columns = [...new Set(rows.flatMap(row => [...shapes.get(row).keys()]))];
  const cell = (row, column, r, c) => {
    const inVain = shapes.get(row).get(column);
    if (inVain === undefined) return '';
    const at = `x="${x + LABELS.left + c * CELL}" y="${LABELS.top + r * CELL}"`;
    const name = `${row}, ${column}: ${inVain}`;
    return `<rect ${at} width="${CELL - 1}" height="${CELL - 1}" fill="${colour(inVain)}"><title>${name}</title></rect>`;
  };
  const left = rows.map((row, r) => `<text x="${x + LABELS.left - 4}" y="${LABELS.top + r * CELL + 10}" text-anchor="end">${row}</text>`);
  const above = columns.map((column, c) => {
    const at = `${x + LABELS.left + c * CELL + 10},${LABELS.top - 4}`;
    return `<text transform="translate(${at}) rotate(-60)">${column}</text>`;
  });
  const cells = rows.flatMap((row, r) => columns.map((column, c) => cell(row, column, r, c)));
  const parts = [`<text x="${x + 8}" y="16" font-weight="bold">${title}</text>`, ...left, ...above, ...cells];
  return { parts, width: LABELS.left + columns.length * CELL + 60, height: LABELS.top + rows.length * CELL };
}

function legend(y) {
  return COLOURS.flatMap(([from], i) => {
    const to = COLOURS[i + 1]?.[0];
    const x = 8 + i * 150;
    const text = to === undefined ? `${from} or more` : `${from} to ${to - 1}`;
    return [`<rect x="${x}" y="${y}" width="12" height="12" fill="${colour(from)}"/>`, `<text x="${x + 18}" y="${y + 10}">${text} run in vain</text>`];
  });
}

const files = process.argv.slice(2).map(arg => {
  const at = arg.indexOf('=');
  return { title: arg.slice(0, at), shapes: read(arg.slice(at + 1)) };
});
if (files.length === 0) throw new Error('usage: node chart.mjs TITLE=FILE…');
let width = 0;
let height = 0;
const parts = [];
for (const file of files) {
  const drawn = map(file, width);
  parts.push(...drawn.parts);
  width += drawn.width;
  height = Math.max(height, drawn.height);
}
parts.push(...legend(height + 12));
console.log(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height + 34}" font-family="sans-serif" font-size="10">
<rect width="100%" height="100%" fill="white"/>
${parts.filter(Boolean).join('\n')}
</svg>`);
