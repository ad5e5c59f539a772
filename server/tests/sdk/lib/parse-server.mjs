// The real Parse Server, with its own LiveQuery server on the same port; its settings are the only argument.
const { module, port, databaseUrl, redisUrl, classNames, appId, masterKey, javascriptKey, cacheMs, more } = JSON.parse(process.argv[2]);
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
  process.exit(0);
});
console.log('ready');
