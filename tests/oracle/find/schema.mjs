// What a class is known to hold: what a case says, and what its objects show.

/** The columns that every class has. */
const DEFAULTS = {
  objectId: { type: 'String' },
  createdAt: { type: 'Date' },
  updatedAt: { type: 'Date' },
  ACL: { type: 'ACL' },
};

/** The types by which it is decided whether a constraint is refused; a field of none was never saved. */
const CANDIDATES = [undefined, { type: 'Array' }, { type: 'Date' }];

/** The column that a saved value makes; none for null, which leaves it open. */
function columnOf(value) {
  if (value === null || value === undefined) return undefined;
  if (Array.isArray(value)) return { type: 'Array' };
  if (typeof value !== 'object') return { type: { string: 'String', number: 'Number', boolean: 'Boolean' }[typeof value] };
  const typed = ['Date', 'GeoPoint', 'Polygon', 'File', 'Bytes'];
  if (typed.includes(value.__type)) return { type: value.__type };
  if (['Pointer', 'Relation'].includes(value.__type)) return { type: value.__type, targetClass: value.className };
  return { type: 'Object' };
}

/** The names of fields that a clause constrains, without those that begin a path. */
function asked(where) {
  if (typeof where !== 'object' || where === null) return [];
  return Object.entries(where).flatMap(([key, inner]) => {
    if (['$or', '$and', '$nor'].includes(key)) return Array.isArray(inner) ? inner.flatMap(asked) : [];
    return key.includes('.') || key.startsWith('$') ? [] : [key];
  });
}

/**
 * The sets of columns under which a clause may be asked of an object, the likeliest first: columns that are neither
 * given nor shown by the object may be of any type.
 */
export function* schemas(where, object, given) {
  const shown = Object.entries(object).map(([name, value]) => [name, columnOf(value)]);
  const known = { ...Object.fromEntries(shown.filter(([, column]) => column)), ...DEFAULTS, ...given };
  const open = given ? [] : [...new Set(asked(where))].filter(name => !known[name]);
  const combinations = CANDIDATES.length ** Math.min(open.length, 5);
  for (let number = 0; number < combinations; number += 1) {
    const fields = { ...known };
    let left = number;
    for (const name of open) {
      const column = CANDIDATES[left % CANDIDATES.length];
      left = Math.floor(left / CANDIDATES.length);
      if (column) fields[name] = column;
    }
    yield fields;
  }
}
