// The Parse Server that is installed, as it is.

import { createRequire } from 'node:module';
import path from 'node:path';

import { judge, parseServer, releases } from './release.mjs';

const folder = parseServer();

/** A package as the server finds it. */
export const requireFromServer = createRequire(path.join(folder, 'package.json'));

/** A module of the server, by its path in its `lib`. */
export const load = name => requireFromServer(path.join(folder, 'lib', name));

const { 'parse-server': version } = judge();
const known = releases['parse-server'];
if (!known.includes(version)) throw new Error(`expected parse-server ${known.join(' or ')}, found ${version}`);
