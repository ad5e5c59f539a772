// The SDK where most of its users have it: in a page of a real browser, which comes from another origin than the server.
import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import path from 'node:path';
import { APP_ID, object, withServer } from '../lib/feed.mjs';
import { openPage } from '../lib/browser.mjs';

/** The oldest and the newest SDK for browsers. */
const RELEASES = ['parse1', 'parse8'];

const sdkFile = (release) => path.join(import.meta.dirname, '../node_modules', release, 'dist/parse.min.js');

const LISTEN = `
Parse.initialize(given.app, 'js');
const client = new Parse.LiveQueryClient({ applicationId: given.app, serverURL: given.ws, javascriptKey: 'js' });
client.open();
const subscription = await client.subscribe(new Parse.Query('Game').greaterThan('n', 1));
for (const name of ['open', 'create', 'enter', 'update', 'leave', 'delete']) {
  subscription.on(name, (seen) => tell(seen?.id ? name + ' ' + seen.id + ' ' + seen.get('n') : name));
}
`;

/** As a page posts that asks nobody's leave: the browser sends it at once, and shows no answer. */
const POST = `
await fetch(given.http + '/publish', { method: 'POST', mode: 'no-cors', body: given.change });
tell('posted');
`;

describe('in a browser', () => {
  for (const release of RELEASES) {
    test(`${release} hears every event`, () =>
      withServer({}, async (server, game) => {
        const page = await openPage(sdkFile(release), { app: APP_ID, ws: server.ws }, LISTEN);
        assert.deepEqual(await page.told(1), ['open']);
        await game.create('a', { n: 0 });
        await game.create('b', { n: 2 });
        await game.update('a', { n: 0 }, { n: 3 });
        await game.update('a', { n: 3 }, { n: 4 });
        await game.update('a', { n: 4 }, { n: 1 });
        await game.remove('b', { n: 2 });
        const [, ...heard] = await page.told(6);
        assert.deepEqual(heard, ['create b 2', 'enter a 3', 'update a 4', 'leave a 1', 'delete b 2']);
        await page.close();
      }));
  }

  test('a page publishes nothing', () =>
    withServer({}, async (server, game) => {
      const change = JSON.stringify({ op: 'afterSave', message: { currentParseObject: object('Game', 'forged', { n: 9 }) } });
      const given = { app: APP_ID, ws: server.ws, http: server.http, change };
      const page = await openPage(sdkFile('parse8'), given, `${LISTEN}${POST}`);
      assert.deepEqual((await page.told(2)).toSorted(), ['open', 'posted']);
      await game.create('own', { n: 2 });
      assert.deepEqual((await page.told(3)).at(-1), 'create own 2');
      await page.close();
    }));
});
