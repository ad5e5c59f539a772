// What a path yields: MongoDB's way through objects and lists.

const isList = Array.isArray;
const isPlain = value =>
  typeof value === 'object' && value !== null && !isList(value) && !(value instanceof Date) && !value._bsontype;

const isDigits = name => /^\d+$/.test(name);

/**
 * The values at a path; `undefined` stands for a missing one.
 *
 * A list at the end yields its elements and then itself if `opened`, else itself alone. `legacyNull` says that elements
 * of a list that a path cannot lead through yield nothing, as before SERVER-36681; else they yield a missing value.
 */
export function walk(document, path, { opened = true, legacyNull = true } = {}) {
  const found = [];
  const end = value => {
    if (opened && isList(value)) found.push(...value);
    found.push(value);
  };

  function descend(value, names) {
    if (names.length === 0) return end(value);
    if (isPlain(value)) return descend(Object.hasOwn(value, names[0]) ? value[names[0]] : undefined, names.slice(1));
    if (isList(value)) return through(value, names);
    found.push(undefined);
  }

  /** A list with names left: objects are walked with all of them, an element at an index with those behind it. */
  function through(list, names) {
    const before = found.length;
    list.forEach((element, index) => {
      if (isPlain(element)) descend(element, names);
      else if (!legacyNull && !isDigits(names[0])) found.push(undefined);
      if (names[0] !== String(index)) return;
      if (names.length === 1) found.push(element);
      else if (isPlain(element)) descend(element, names.slice(1));
      else if (isList(element)) through(element, names.slice(1));
    });
    if (!legacyNull && found.length === before) found.push(undefined);
  }

  descend(document, path.split('.'));
  return found;
}
