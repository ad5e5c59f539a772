// The real Parse Server, with its own LiveQuery server on the same port; its settings are the only argument.
import { appendFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const { module, port, databaseUrl, redisUrl, classNames, appId, masterKey, javascriptKey, cacheMs, more } = JSON.parse(process.argv[2]);

// With parse-server-livematch in it, if LIVEMATCH_INSIDE names a file, to which what it counted is written in the end.
const { LIVEMATCH_INSIDE: counts } = process.env;
const inside = counts && createRequire(import.meta.url)('../../../../bindings/parse-server/index.js');
if (inside && !inside.install({ parseServer: path.dirname(path.dirname(fileURLToPath(module))) })) throw new Error('parse-server-livematch is not installed');

const { ParseServer } = (await import(module)).default;

const app = await ParseServer.startApp({
  appId,
  masterKey,
  port,
  host: '127.0.0.1',
  mountPath: '/parse',
  serverURL: `http://127.0.0.1:${port}/parse`,
  databaseURI: databaseUrl,
  liveQuery: { classNames, redisURL: redisUrl },
  startLiveQueryServer: true,
  liveQueryServerOptions: {
    appId,
    masterKey,
    serverURL: `http://127.0.0.1:${port}/parse`,
    redisURL: redisUrl,
    keyPairs: javascriptKey ? { javascriptKey, masterKey } : { masterKey },
    cacheTimeout: cacheMs,
    logLevel: 'error',
  },
  cacheTTL: cacheMs,
  silent: true,
  // Its direct access fails with router 2.3.0, which it is installed with: no session would be found.
  directAccess: false,
  allowClientClassCreation: true,
  enforcePrivateUsers: true,
  ...more,
});
process.on('SIGTERM', async () => {
  await app.handleShutdown();
  if (inside) appendFileSync(counts, `${JSON.stringify(inside.metrics())}\n`);
  process.exit(0);
});
console.log('ready');
