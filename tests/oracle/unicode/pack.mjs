// How tables are written down: what ../../../src/pattern/unicode/tables.rs reads.

const hex = number => number.toString(16);

/** Ranges as a text, for comparing. */
export const rangesText = ranges => ranges.map(([from, to]) => `${hex(from)}-${hex(to)}`).join(' ');

/**
 * Packs sets, each as the places where membership changes, by their distances. Most sets are much like one before: then
 * only the places where the two part are written, and the number of the other.
 */
export class Packer {
  #before = [];

  /** `^NUMBER:DISTANCES`, or without a number `:DISTANCES`. */
  pack(ranges) {
    const edges = ranges.flatMap(([from, to]) => [from, to + 1]);
    const ways = this.#before.map((other, number) => `^${number}:${distances(parted(edges, other))}`);
    this.#before.push(edges);
    return [`:${distances(edges)}`, ...ways].reduce((best, way) => (way.length < best.length ? way : best));
  }
}

function distances(edges) {
  return edges.map((edge, i) => hex(edge - (i > 0 ? edges[i - 1] : 0))).join(' ');
}

/** The edges of what is in one of two sets and not in both: those that the two do not share. */
function parted(a, b) {
  const [inA, inB] = [new Set(a), new Set(b)];
  return [...a.filter(edge => !inB.has(edge)), ...b.filter(edge => !inA.has(edge))].sort((x, y) => x - y);
}

/**
 * Pairs as `FIRST+DISTANCE*COUNT`, which is COUNT pairs of characters side by side, with `/2` of every second character;
 * longer lists as they are, joined by `=`.
 */
export function packedFolding(orbits) {
  const runs = [];
  for (const [from, to] of orbits.filter(orbit => orbit.length === 2)) {
    const last = runs.at(-1);
    const step = last && from - last.from - (last.count - 1) * last.step;
    const goesOn = last?.distance === to - from && (last.count === 1 ? step <= 2 : step === last.step);
    if (goesOn) Object.assign(last, { count: last.count + 1, step });
    else runs.push({ from, distance: to - from, count: 1, step: 1 });
  }
  const texts = runs.map(({ from, distance, count, step }) => `${hex(from)}+${hex(distance)}*${hex(count)}${step > 1 ? `/${step}` : ''}`);
  const longer = orbits.filter(orbit => orbit.length > 2).map(orbit => orbit.map(hex).join('='));
  return [...texts, ...longer].join(' ');
}
