// The Parse Server that is installed, as it is.

import { createRequire } from 'node:module';
import path from 'node:path';

import { judge, known, parseServer } from './release.mjs';

const folder = parseServer();

/** A package as the server finds it. */
export const requireFromServer = createRequire(path.join(folder, 'package.json'));

/** A module of the server, by its path in its `lib`. */
export const load = name => requireFromServer(path.join(folder, 'lib', name));

const { 'parse-server': version } = judge();
const expected = known('parse-server');
if (!expected.includes(version)) throw new Error(`expected parse-server ${expected.join(' or ')}, found ${version}`);
