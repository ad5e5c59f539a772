// A Parse Server on a database, for a test: `node find/server.mjs PORT DATABASE_URI`. Says `ready` when it listens.

import '../quiet.mjs';
import { load, requireFromServer } from '../installed.mjs';

const [port, databaseURI] = process.argv.slice(2);
const express = requireFromServer('express');
const { ParseServer } = load('index.js');
const server = new ParseServer({
  databaseURI,
  appId: 'find',
  masterKey: 'master',
  serverURL: `http://127.0.0.1:${port}/parse`,
  allowClientClassCreation: true,
  logLevel: 'error',
  silent: true,
});
await server.start();
const app = express();
app.use('/parse', server.app);
app.listen(Number(port), '127.0.0.1', () => console.log('ready'));
