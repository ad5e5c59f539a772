// The RegExp of this Node: what it knows, and what is not asked of it.

export function isValid(source, flags) {
  try {
    return Boolean(new RegExp(source, flags));
  } catch {
    return false;
  }
}

/** The edition of ECMAScript whose patterns it knows. */
export const EDITION = isValid('(?i:a)', '') ? 2025 : 2023;

/** V8 11 loses its way, up to a crash, behind a class of the flag v that is empty and repeated. */
export const BEARS_EMPTY_CLASSES = Number.parseInt(process.versions.v8, 10) > 11;
