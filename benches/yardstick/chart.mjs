// What a change costs by the number of queries, as an SVG that can be read on light and on dark ground.

import { SIZES } from './goals.mjs';
import { count, time } from './format.mjs';

const WIDTH = 880;
const HEIGHT = 460;
const AREA = { left: 80, right: 580, top: 50, bottom: 390 };

/** The lines, the label at their end, and the measurement that they are made of. */
const SERIES = [
  ['node', "Parse Server's matcher, in a loop", size => `node/many/${size}/change/median`],
  ['a-tree', 'a-tree, equality only', size => `a-tree/equality/${size}/change/median`],
  ['quamina', 'quamina, equality only', size => `quamina/equality/${size}/change/median`],
  ['livematch', 'livematch', size => `livematch/many/${size}/change/median`],
  ['equality', 'livematch, equality only', size => `livematch/equality/${size}/change/median`],
];

const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #1f2328 }
  .title { font-size: 15px; font-weight: 600 }
  .tick { fill: #59636e }
  .grid { stroke: #d1d9e0; stroke-width: 1 }
  .line { fill: none; stroke-width: 2 }
  .livematch .line { stroke-width: 3.5 }
  .livematch text { font-weight: 600 }
  .node { --c: #8250df } .a-tree { --c: #bc4c00 } .quamina { --c: #9a6700 }
  .livematch { --c: #0969da } .equality { --c: #0969da }
  .equality .line { stroke-dasharray: 5 4 }
  .series .line { stroke: var(--c) } .series circle { fill: var(--c) } .series text { fill: var(--c) }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc } .tick { fill: #9198a1 } .grid { stroke: #3d444d }
    .node { --c: #b79af0 } .a-tree { --c: #f0883e } .quamina { --c: #d9a514 }
    .livematch { --c: #58a6ff } .equality { --c: #58a6ff }
  }`;

/** The chart; lines without measurements are left out. */
export function chart(measurements) {
  const lines = SERIES.map(([name, label, of]) => ({ name, label, points: points(measurements, of) }));
  const drawn = lines.filter(({ points }) => points.length > 0);
  const scale = scales(drawn.flatMap(({ points }) => points));
  const body = [...grid(scale), ...series(drawn, scale)].join('\n');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="t">
<title id="t">Time for a change by the number of queries, both axes logarithmic</title>
<style>${STYLE}
</style>
<text class="title" x="${AREA.left}" y="26">Time for one change</text>
<text class="tick" x="${(AREA.left + AREA.right) / 2}" y="${AREA.bottom + 50}" text-anchor="middle">queries</text>
${body}
</svg>
`;
}

function points(measurements, nameOf) {
  const all = SIZES.map(size => [size, measurements.best(nameOf(size))]);
  return all.filter(([, ns]) => ns > 0);
}

/** Positions by the logarithm, and what is written at the axes: the sizes, and powers of ten around the times. */
function scales(points) {
  const logs = points.map(([, ns]) => Math.log10(ns));
  const low = Math.floor(Math.min(...logs, 3));
  const high = Math.ceil(Math.max(...logs, 6));
  const sizes = SIZES.filter(size => points.some(([measured]) => measured >= size));
  const [first, last] = [Math.log10(sizes[0]), Math.log10(sizes.at(-1))];
  const part = (log, from, to) => (log - from) / (to - from);
  return {
    x: size => AREA.left + part(Math.log10(size), first, last) * (AREA.right - AREA.left),
    y: ns => AREA.bottom - part(Math.log10(ns), low, high) * (AREA.bottom - AREA.top),
    sizes,
    powers: Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i)),
  };
}

const round = number => Math.round(number * 10) / 10;

function grid({ x, y, sizes, powers }) {
  const across = powers.map(ns => {
    const at = round(y(ns));
    return `<path class="grid" d="M${AREA.left} ${at}H${AREA.right}"/>
<text class="tick" x="${AREA.left - 10}" y="${at + 4}" text-anchor="end">${time(ns)}</text>`;
  });
  const below = sizes.map(
    size => `<text class="tick" x="${round(x(size))}" y="${AREA.bottom + 24}" text-anchor="middle">${count(size)}</text>`,
  );
  return [...across, ...below];
}

function series(lines, scale) {
  const ends = spread(lines.map(({ points }) => scale.y(points.at(-1)[1])));
  return lines.map(({ name, label, points }, i) => {
    const places = points.map(([size, ns]) => [round(scale.x(size)), round(scale.y(ns))]);
    const path = places.map(([x, y]) => `${x} ${y}`).join('L');
    const dots = places.map(([x, y]) => `<circle cx="${x}" cy="${y}" r="3"/>`).join('');
    const [size, ns] = points.at(-1);
    const note = size === scale.sizes.at(-1) ? time(ns) : `${time(ns)} at ${count(size)}`;
    return `<g class="series ${name}"><path class="line" d="M${path}"/>${dots}
<text x="${round(scale.x(size)) + 12}" y="${round(ends[i]) + 4}">${label}: ${note}</text></g>`;
  });
}

/** Moves labels apart that would stand on one another. */
function spread(ends) {
  const order = ends.map((_, i) => i).sort((a, b) => ends[a] - ends[b]);
  const places = [...ends];
  for (let i = 1; i < order.length; i++) {
    places[order[i]] = Math.max(places[order[i]], places[order[i - 1]] + 17);
  }
  return places;
}
