// The quick start of the README does what it says, and what pages name is there.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { BINARY, start, startServer } from '../lib/process.mjs';
import { APP_ID } from '../lib/feed.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

test('the quick start', async () => {
  const readme = await readFile(here('../../../README.md'), 'utf8');
  const blocks = [...readme.matchAll(/```(\w+)\n(.*?)```/gs)];
  const server = await startServer();
  const there = (text) => text.replaceAll('127.0.0.1:1337', `127.0.0.1:${server.port}`);

  const script = there(blocks.find(([, language]) => language === 'js')[2]).replace('parse/node', 'parse8/node');
  const folder = await mkdtemp(`${tmpdir()}/livematch-readme-`);
  await writeFile(`${folder}/subscribe.cjs`, script);
  const env = { ...process.env, NODE_PATH: here('../node_modules') };
  const subscriber = await start(process.execPath, [`${folder}/subscribe.cjs`], (line) => line === 'subscribed', { env });

  const commands = there(blocks.find(([, , text]) => text.startsWith('curl'))[2]);
  const shell = await start('sh', ['-ec', `${commands}\necho done`], (line) => line.endsWith('done'));
  await shell.exited;
  for (const line of readme.match(/prints (.*)\.\n/)[1].match(/`[^`]+`/g)) {
    await subscriber.line((printed) => `\`${printed}\`` === line);
  }
  await subscriber.end('SIGTERM');
  await server.end('SIGTERM');
  await rm(folder, { recursive: true });
});

/** The pages of the server. */
const PAGES = ['README.md', 'SECURITY.md', 'SDKS.md'];

test('every option that a page names is one', async () => {
  const help = await start(BINARY, ['--help'], (line) => line.includes('--redis-url'));
  await help.exited;
  const options = new Set(help.lines.join('\n').match(/--[a-z][a-z-]+/g));
  // Those of server/tests/run, of which the README tells.
  for (const option of ['--parse-server', '--newest', '--test-force-exit', '--test']) options.add(option);
  const commands = /```[^]*?```|cargo [^`]*|npm [^`]*/g;
  for (const page of PAGES) {
    const text = (await readFile(here(`../../../${page}`), 'utf8')).replace(commands, '');
    const named = text.match(/(?<=`|\s)--[a-z][a-z-]+/g) ?? [];
    assert.deepEqual(named.filter((name) => !options.has(name)), [], page);
    if (page === 'README.md') assert.ok(named.length > 20);
  }
});

test('every metric that the README names is one, and every one is named', async () => {
  const readme = await readFile(here('../../../README.md'), 'utf8');
  const server = await startServer({ appId: APP_ID });
  const text = await (await fetch(`${server.admin}/metrics`)).text();
  await server.end('SIGTERM');
  const there = new Set([...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name));
  const named = new Set(readme.match(/\b(?:livematch|process)_\w+/g));
  assert.deepEqual([...named].filter((name) => !there.has(name)), []);
  assert.deepEqual([...there].filter((name) => !named.has(name)), []);
});
