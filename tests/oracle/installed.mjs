// The Parse Server that is installed, as it is.

import { createRequire } from 'node:module';
import path from 'node:path';

const WANTED = '9.10.0';

const folder = process.env.PARSE_SERVER_DIR ?? path.join(import.meta.dirname, 'node_modules/parse-server');

/** A package as the server finds it. */
export const requireFromServer = createRequire(path.join(folder, 'package.json'));

/** A module of the server, by its path in its `lib`. */
export const load = name => requireFromServer(path.join(folder, 'lib', name));

const { version } = requireFromServer(path.join(folder, 'package.json'));
if (version !== WANTED) throw new Error(`parse-server ${WANTED} is the judge, but ${version} is installed`);
