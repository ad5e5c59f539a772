// Places on the globe: angles between them, and what the great-circle edges of a ring enclose.

const RADIANS = Math.PI / 180;

/** How far from a border a point still counts as on it: MongoDB tests cells of about a centimetre. */
export const CELL = 1.6e-9;

/** The angle between two places in radians, by the haversine formula in the order of the SDK's `radiansTo`. */
export function angle([lng, lat], [otherLng, otherLat]) {
  const [a, b, c, d] = [lat * RADIANS, lng * RADIANS, otherLat * RADIANS, otherLng * RADIANS];
  const over = Math.sin((a - c) / 2);
  const along = Math.sin((b - d) / 2);
  const chord = Math.min(1, over * over + Math.cos(a) * Math.cos(c) * along * along);
  return 2 * Math.asin(Math.sqrt(chord));
}

function vector([lng, lat]) {
  const [l, p] = [lng * RADIANS, lat * RADIANS];
  return [Math.cos(p) * Math.cos(l), Math.cos(p) * Math.sin(l), Math.sin(p)];
}

const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const cross = (a, b) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
const side = (a, b, c) => dot(cross(a, b), c);
const distance = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);

/** Below this the side of a plane on which a vector lies is lost to rounding. */
const ROUNDING = 1e-15;

/** Whether a ring of `[lng, lat]` encloses a place: its smaller side, borders included. */
export function encloses(ring, place) {
  const vertices = ring.slice(0, isClosed(ring) ? -1 : undefined).map(vector);
  const point = vector(place);
  const edges = vertices.map((vertex, i) => [vertex, vertices[(i + 1) % vertices.length]]);
  if (edges.some(edge => toEdge(point, edge) <= CELL)) return true;
  const left = isLeftSmaller(vertices);
  for (let i = 0; i < vertices.length; i += 1) {
    const inside = isInside(vertices, edges, i, point, left);
    if (inside !== null) return inside;
  }
  // Every vertex lies in line with the point and another one: a point beside it is not on another side of the border.
  const beside = [point[0] + 1e-10, point[1] + 7e-11, point[2] - 5e-11];
  return isInside(vertices, edges, 0, beside, left) ?? false;
}

function isClosed(ring) {
  const [first, last] = [ring[0], ring.at(-1)];
  return ring.length > 1 && first[0] === last[0] && first[1] === last[1];
}

/** The distance from a point to a great-circle edge. */
function toEdge(point, [from, to]) {
  const normal = cross(from, to);
  const length = Math.hypot(...normal);
  const between = length > 0 && side(normal, from, point) >= 0 && side(to, normal, point) >= 0;
  return between ? Math.abs(dot(normal, point)) / length : Math.min(distance(point, from), distance(point, to));
}

/** Whether the side to the left of the edges is not larger than half of the globe. */
function isLeftSmaller([first, ...rest]) {
  let area = 0;
  for (let i = 1; i < rest.length; i += 1) {
    const [a, b] = [rest[i - 1], rest[i]];
    area += 2 * Math.atan2(side(a, b, first), 1 + dot(first, a) + dot(a, b) + dot(b, first));
  }
  const globe = 4 * Math.PI;
  return (((area % globe) + globe) % globe) <= globe / 2;
}

/** Whether a point is inside, seen from a vertex; null if rounding does not let it be said from there. */
function isInside(vertices, edges, at, point, left) {
  const vertex = vertices[at];
  const [before, after] = [vertices.at(at - 1), vertices[(at + 1) % vertices.length]];
  let inside = isBetween(after, point, before, vertex) === left;
  for (const [i, edge] of edges.entries()) {
    if (i === at || i === (at + vertices.length - 1) % vertices.length) continue;
    const crosses = isCrossed(vertex, point, edge);
    if (crosses === null) return null;
    if (crosses) inside = !inside;
  }
  return inside;
}

/** Whether one turns from `a` by `b` to `c`, counterclockwise around `centre`. */
function isBetween(a, b, c, centre) {
  const held = [side(b, centre, a) >= 0, side(c, centre, b) >= 0, side(a, centre, c) > 0];
  return held.filter(Boolean).length >= 2;
}

/** Whether the way from one point to another crosses an edge; null if that is lost to rounding. */
function isCrossed(from, to, [a, b]) {
  const sides = [side(from, a, to), side(to, b, from), side(a, to, b), side(b, from, a)];
  if (sides.some(one => Math.abs(one) < ROUNDING)) return null;
  return sides.every(one => one > 0) || sides.every(one => one < 0);
}
