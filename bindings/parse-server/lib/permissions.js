'use strict';
const KEY = '"classLevelPermissions":';
const KEPT = 256;

/**
 * Whether the permissions in a message may refuse somebody to read the class.
 *
 * Parse Server asks them for each subscription of the class before it looks at the verdict, and tells those who are refused
 * by an error even if the change does not concern them. What it publishes has the permissions last, so that equal ones are
 * equal texts, and read once.
 */
class Permissions {
  constructor() { this.known = new Map(); }

  mayRefuse(text) {
    const at = text.lastIndexOf(KEY);
    if (at < 0) return false;
    const tail = text.slice(at);
    const known = this.known.get(tail);
    if (known !== undefined) return known;
    const permissions = permissionsIn(`{${tail}`);
    // The tail is whole only if it began at the outermost level.
    if (!permissions) return refuses(permissionsIn(text) ?? {});
    if (this.known.size >= KEPT) this.known.clear();
    const found = refuses(permissions);
    this.known.set(tail, found);
    return found;
  }
}

/** The permissions of a message, null if it has none or cannot be read, which Parse Server says itself. */
function permissionsIn(text) {
  try { return JSON.parse(text).classLevelPermissions ?? null; } catch { return null; }
}

const refuses = permissions => ['get', 'find'].some(operation => permissions[operation] && !permissions[operation]['*']);

module.exports = { Permissions };
