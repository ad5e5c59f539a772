// Where cargo puts what it builds, and what to do if it is not there.
import fs from 'node:fs';
import path from 'node:path';

/** `CARGO_TARGET_DIR`, or `target` of this repository. */
export const target = path.resolve(process.env.CARGO_TARGET_DIR ?? path.join(import.meta.dirname, '../target'));

/** An example that was built for release. */
export const example = name => path.join(target, 'release/examples', name);

/** A program, or how to get it. */
export function built(program, command) {
  if (fs.existsSync(program)) return program;
  throw new Error(`${program} is not there: \`${command}\` builds it`);
}
