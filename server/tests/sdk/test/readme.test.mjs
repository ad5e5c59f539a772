// The quick start of the README does what it says.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { start, startServer } from '../lib/process.mjs';

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
