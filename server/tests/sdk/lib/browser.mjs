// A real browser that has a page of this process open.
import { createServer } from 'node:http';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { start } from './process.mjs';

/**
 * Opens a page in headless Chromium. A module in it gets an SDK as `Parse`, what is given as `given`, and `tell(…)`, with which it
 * says what it has seen; what goes wrong in it is told too. `told(n)` waits for the first n of that.
 */
export async function openPage(sdkFile, given, module) {
  const sdk = await readFile(sdkFile);
  const said = [];
  let wake = () => {};
  const tell = (text) => {
    said.push(...JSON.parse(text));
    wake();
  };
  const page = `<!doctype html><meta charset=utf-8><title>A page</title><link rel=icon href=data:,><script src=/sdk.js></script>
<script>
const given = ${JSON.stringify(given)};
let telling = Promise.resolve();
const tell = (...what) => telling = telling.then(() => fetch('/told', { method: 'POST', body: JSON.stringify(what) }));
addEventListener('error', (event) => tell('error: ' + event.message));
addEventListener('unhandledrejection', (event) => tell('rejected: ' + event.reason));
</script>
<script type=module>${module}</script>`;
  const server = createServer(async (request, response) => {
    if (request.method === 'POST') tell(Buffer.concat(await request.toArray()).toString());
    const [type, body] = { '/': ['text/html', page], '/sdk.js': ['text/javascript', sdk] }[request.url] ?? ['text/plain', ''];
    response.writeHead(200, { 'content-type': type }).end(body);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${server.address().port}/`;
  const profile = await mkdtemp(path.join(tmpdir(), 'browser-'));
  // As root Chromium has no sandbox; it shows nothing but the page above.
  const options = ['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', `--user-data-dir=${profile}`];
  const browser = await start('chromium', [...options, '--remote-debugging-port=0', url], (line) => line.includes('DevTools listening'));

  return {
    url,
    async told(count) {
      const late = AbortSignal.timeout(PATIENCE);
      while (said.length < count) {
        const next = new Promise((resolve) => (wake = resolve));
        await Promise.race([next, once(late, 'abort')]);
        if (late.aborted) throw new Error(`a page told ${JSON.stringify(said)}, and not ${count} things`);
      }
      return said.slice(0, count);
    },
    async close() {
      await browser.end('SIGTERM');
      server.closeAllConnections();
      server.close();
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

const PATIENCE = 30_000;
