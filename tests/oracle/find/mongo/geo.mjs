// Geometry: what a query may say, where a stored value lies, and whether the one holds for the other.

import { FilterError } from './error.mjs';
import { CELL, angle, encloses } from './sphere.mjs';

const RADIUS = 6378100; // metres, as MongoDB has it
const isList = Array.isArray;
const isObject = value => typeof value === 'object' && value !== null && !value._bsontype && !(value instanceof Date);
const isNumber = value => typeof value === 'number';
const onGlobe = ([lng, lat]) => Math.abs(lng) <= 180 && Math.abs(lat) <= 90;

/** The first two values of a list or an object, if they are finite numbers. */
function pair(value, { exact = false } = {}) {
  if (!isObject(value)) return null;
  const parts = Object.values(value);
  const [x, y] = parts;
  const fits = isNumber(x) && isNumber(y) && Number.isFinite(x) && Number.isFinite(y);
  return fits && !(exact && parts.length > 2) ? [x, y] : null;
}

/** The corners of GeoJSON coordinates, however deep they are nested. */
const corners = coordinates => (isNumber(coordinates[0]) ? [coordinates] : coordinates.flatMap(corners));

/** A stored value as a geometry: {flat}, {point} on the globe, {vertices} of a shape and its {ring} if that is all; or null. */
export function located(value) {
  if (!isObject(value)) return null;
  if (!isList(value) && typeof value.type === 'string' && isList(value.coordinates)) {
    const vertices = corners(value.coordinates);
    if (value.type === 'Point') return onGlobe(vertices[0]) ? { point: vertices[0] } : null;
    const isRing = value.type === 'Polygon' && value.coordinates.length === 1;
    return isRing ? { vertices, ring: value.coordinates[0] } : { vertices };
  }
  const flat = pair(value);
  return flat && { flat };
}

const flatOf = place => place?.flat ?? place?.point ?? null;
const globeOf = place => (place?.point ?? (place?.flat && onGlobe(place.flat) ? place.flat : null));

function queryPoint(value) {
  if (isObject(value) && !isList(value) && isList(value.coordinates) && (value.type ?? 'Point') === 'Point') {
    const point = pair(value.coordinates);
    if (!point || !onGlobe(point)) throw new FilterError('bad GeoJSON point');
    return { point };
  }
  const flat = pair(value, { exact: true });
  if (!flat) throw new FilterError('bad point');
  return { flat };
}

/** The test of `$geoWithin`. */
export function within(operand) {
  if (!isObject(operand) || isList(operand)) throw new FilterError('geometry must be an object');
  const shapes = Object.entries(operand);
  if (shapes.length !== 1) throw new FilterError('expected one shape');
  const [name, shape] = shapes[0];
  if (!SHAPES[name]) throw new FilterError(`unknown geo specifier: ${name}`);
  return SHAPES[name](shape);
}

const SHAPES = {
  $box(corners) {
    if (!isObject(corners) || Object.values(corners).length < 2) throw new FilterError('bad box');
    const [a, b] = Object.values(corners).map(corner => pair(corner, { exact: true }));
    if (!a || !b) throw new FilterError('bad corner');
    const between = (one, other, value) => value >= Math.min(one, other) && value <= Math.max(one, other);
    return place => {
      const point = flatOf(place);
      return point !== null && between(a[0], b[0], point[0]) && between(a[1], b[1], point[1]);
    };
  },

  $polygon(points) {
    if (!isObject(points)) throw new FilterError('bad polygon');
    const ring = Object.values(points).map(point => pair(point, { exact: true }));
    if (ring.length < 3 || ring.includes(null)) throw new FilterError('bad polygon');
    return place => {
      const point = flatOf(place);
      return point !== null && isInFlatRing(ring, point);
    };
  },

  $center(circle) {
    const { centre, radius } = circleOf(circle);
    return place => {
      const point = flatOf(place);
      return point !== null && Math.hypot(point[0] - centre.at(0), point[1] - centre.at(1)) <= radius;
    };
  },

  $centerSphere(circle) {
    const { centre, radius } = circleOf(circle);
    if (!onGlobe(centre)) throw new FilterError('centre out of bounds');
    const reaches = point => angle(centre, point) <= radius + CELL;
    return place => {
      if (place?.vertices) return place.vertices.every(reaches);
      const point = globeOf(place);
      return point !== null && reaches(point);
    };
  },

  $geometry(geometry) {
    if (geometry?.type !== 'Polygon' || geometry.coordinates?.length !== 1) throw new FilterError('not known here');
    return place => {
      const point = globeOf(place);
      return point !== null && encloses(geometry.coordinates[0], point);
    };
  },
};

function circleOf(circle) {
  const [first, radius] = isObject(circle) ? Object.values(circle) : [];
  const { flat, point } = queryPoint(first);
  if (!isNumber(radius) || radius < 0) throw new FilterError('radius must be a non-negative number');
  return { centre: flat ?? point, radius };
}

/**
 * Even-odd by a ray along x. Vertices, horizontal and vertical edges count as inside; of slanted edges those to the right
 * of a span do.
 */
function isInFlatRing(ring, [x, y]) {
  let inside = false;
  for (let i = 0; i < ring.length; i += 1) {
    const [[ax, ay], [bx, by]] = [ring[i], ring[(i + 1) % ring.length]];
    const [low, high, left, right] = [Math.min(ay, by), Math.max(ay, by), Math.min(ax, bx), Math.max(ax, bx)];
    if (x === ax && y === ay) return true;
    if (ay === by && y === ay && x >= left && x <= right) return true;
    const beside = y > low && y <= high && x <= right;
    if (!beside) continue;
    if (ax === bx && x === ax) return true;
    if (ax === bx || x <= ((y - ay) * (bx - ax)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}

/** The test of `$geoIntersects`. */
export function intersects(operand) {
  const geometry = isObject(operand) && Object.keys(operand).length === 1 ? operand.$geometry : undefined;
  if (!geometry) throw new FilterError('geo query without a geometry');
  const { flat, point } = queryPoint(geometry);
  const asked = point ?? flat;
  if (!onGlobe(asked)) throw new FilterError('point out of bounds');
  return place => {
    if (place?.vertices) return place.ring !== undefined && encloses(place.ring, asked);
    const there = globeOf(place);
    return there !== null && angle(there, asked) <= CELL;
  };
}

/** The test of `$nearSphere` with its distances, which stand beside it. */
export function near(constraint) {
  const point = constraint.$nearSphere;
  const geoJson = isObject(point) && !isList(point) ? point.$geometry : undefined;
  // A third coordinate is a distance for other operators, and is let through here.
  const { flat, point: place } = queryPoint(geoJson ?? (isList(point) && point.length === 3 && isNumber(point[2]) ? point.slice(0, 2) : point));
  const centre = place ?? flat;
  if (!onGlobe(centre)) throw new FilterError('point out of bounds for a spherical query');
  const limits = geoJson ? point : constraint;
  const unit = place ? RADIUS : 1;
  const limit = (name, otherwise) => {
    if (!(name in limits)) return otherwise;
    const number = limits[name];
    if (!isNumber(number) || !(number >= 0)) throw new FilterError(`${name} must be a non-negative number`);
    return number / unit;
  };
  for (const name of Object.keys(constraint)) {
    if (!['$nearSphere', '$maxDistance', '$minDistance'].includes(name)) throw new FilterError(`${name} beside $nearSphere`);
  }
  const [least, most] = [limit('$minDistance', 0), limit('$maxDistance', Infinity)];
  return stored => {
    const there = globeOf(stored);
    if (!there) return false;
    const apart = angle(centre, there);
    return apart >= least && apart <= most;
  };
}
