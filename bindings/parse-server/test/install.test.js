'use strict';
const assert = require('node:assert');
const { execFileSync } = require('node:child_process');
const path = require('node:path');
const { test } = require('node:test');

const { FOLDER } = require('./folder');

/** What a program prints as JSON, with what a program would find at hand. */
function run(program, folder = FOLDER) {
  const text = `
    const { load, serve, settle, quietly } = require(${JSON.stringify(path.join(__dirname, 'drive.js'))});
    const livematch = require(${JSON.stringify(path.join(__dirname, '..'))});
    const parse = load(${JSON.stringify(folder)});
    const parseServer = parse.folder;
    const fresh = async (...args) => { const server = new parse.module.ParseLiveQueryServer(...args); await server.connect(); return server; };
    const warned = () => parse.at('lib/logger').getLogger().said.filter(([level]) => level === 'warn').map(([, text]) => text);
    const game = more => ({ className: 'Game', __type: 'Object', objectId: 'o1', ...more });
    const ops = client => client.frames.map(text => JSON.parse(text)).map(({ op, requestId }) => op + (requestId ?? ''));
    const tell = value => { console.log(JSON.stringify(value)); process.exit(0); };
    (async () => { ${program} })().catch(error => { console.error(error); process.exit(1); });`;
  return JSON.parse(execFileSync(process.execPath, ['-e', text], { encoding: 'utf8', timeout: 60_000 }));
}

test('a save is told to whom it concerns, and others are not gone through', () => {
  const { told, asked, metrics } = run(`
    livematch.install({ parseServer });
    const at = await serve(parse, fresh);
    const client = await at.client();
    for (let n = 0; n < 50; n++) await client.subscribe(n, 'Game', { score: n });
    client.frames.length = 0;
    let asked = 0;
    const { matchesQuery } = parse.at('lib/LiveQuery/QueryTools');
    parse.at('lib/LiveQuery/QueryTools').matchesQuery = (...args) => { asked++; return matchesQuery(...args); };
    at.publish('afterSave', { currentParseObject: game({ score: 7 }) });
    at.publish('afterSave', { currentParseObject: game({ score: 99 }) });
    at.publish('afterSave', { currentParseObject: game({ score: 8 }), originalParseObject: game({ score: 7 }) });
    at.publish('afterDelete', { currentParseObject: game({ score: 8 }) });
    await quietly(at);
    tell({ told: ops(client), asked, metrics: livematch.metrics() });`);
  assert.deepStrictEqual(told.sort(), ['create7', 'delete8', 'enter8', 'leave7']);
  assert.strictEqual(asked, 0);
  assert.strictEqual(metrics.unconcerned, 1);
});

test('installed twice, the first stands', () => {
  const { same, warnings } = run(`
    const first = livematch.install({ parseServer });
    const one = parse.module.ParseLiveQueryServer;
    const second = livematch.install({ parseServer, shadow: true });
    tell({ same: first && second && one === parse.module.ParseLiveQueryServer, warnings: warned() });`);
  assert.ok(same);
  assert.match(warnings[0], /installed already/);
});

test('installed after Parse Server started, it says so; a new server has it', () => {
  const { warnings, messages } = run(`
    parse.put();
    livematch.install({ parseServer });
    const at = await serve(parse, fresh);
    at.publish('afterSave', { currentParseObject: game() });
    tell({ warnings: warned(), messages: livematch.metrics().messages });`);
  assert.match(warnings[0], /installed after a Parse Server/);
  assert.strictEqual(messages, 1);
});

test('without a matcher, Parse Server stays as it is and says so once', () => {
  const { changed, warnings, told } = run(`
    const Module = require('node:module'), load = Module._load;
    Module._load = (name, ...rest) => { if (name === 'livematch') throw new Error('no package for this platform'); return load(name, ...rest); };
    const before = parse.module.ParseLiveQueryServer;
    const installed = livematch.install({ parseServer });
    const at = await serve(parse, fresh);
    const client = await at.client();
    await client.subscribe(1, 'Game', { score: 1 });
    client.frames.length = 0;
    at.publish('afterSave', { currentParseObject: game({ score: 1 }) });
    await quietly(at);
    tell({ changed: installed || before !== parse.module.ParseLiveQueryServer, warnings: warned(), told: ops(client) });`);
  assert.strictEqual(changed, false);
  assert.deepStrictEqual(told, ['create1']);
  assert.strictEqual(warnings.length, 1);
  assert.match(warnings[0], /cannot be loaded/);
});

test('where hook points are not as expected, it declines and says why', () => {
  for (const [change, why] of [
    ['delete Base.prototype._matchesSubscription', /there is no _matchesSubscription/],
    ['const before = Base.prototype._onAfterSave; Base.prototype._onAfterSave = async function (m) { await null; return before.call(this, m); }', /_onAfterSave asks for nothing/],
    ['Base.prototype._createSubscribers = function () {}', /does not listen/],
  ]) {
    const { installed, warnings } = run(`const Base = parse.module.ParseLiveQueryServer; ${change}; tell({ installed: livematch.install({ parseServer }), warnings: warned() });`);
    assert.strictEqual(installed, false);
    assert.match(warnings[0], why);
  }
});

test('an unknown release is warned of', () => {
  const { installed, warnings } = run("parse.at('package.json').version = '99.0.0'; tell({ installed: livematch.install({ parseServer }), warnings: warned() });");
  assert.ok(installed);
  assert.match(warnings[0], /99\.0\.0 is not among/);
});

test('createLiveQueryServer takes its options from the configuration and leaves others alone', () => {
  const { ours, other, after } = run(`
    const before = parse.module.ParseLiveQueryServer;
    const at = await serve(parse, (http, config) => livematch.createLiveQueryServer(http, { ...config, livematch: { parseServer } }));
    const also = await serve(parse, fresh);
    tell({ ours: at.server.constructor !== before && at.server instanceof before, other: also.server.constructor === before, after: parse.module.ParseLiveQueryServer === before });`);
  assert.ok(ours && other && after);
});

test('subscriptions that come and go while a message is handled', () => {
  const { told, left } = run(`
    livematch.install({ parseServer });
    const at = await serve(parse, fresh);
    const client = await at.client();
    for (const n of [1, 2, 3]) await client.subscribe(n, 'Game', { score: { $gt: n } });
    client.frames.length = 0;
    // Within the loop over subscriptions: the second ends and a fourth begins when the first is asked for.
    const { server } = at, stock = server._getCLPOperation;
    let done = false;
    server._getCLPOperation = function (query) {
      if (!done) {
        done = true;
        const second = [...server.subscriptions.get('Game').all()][1];
        server.subscriptions.get('Game').delete(second.hash);
      }
      return stock.call(this, query);
    };
    at.publish('afterSave', { currentParseObject: game({ score: 9 }) });
    await client.subscribe(4, 'Game', { score: 9 });
    at.publish('afterSave', { currentParseObject: game({ score: 9 }), originalParseObject: game({ score: 9 }) });
    await client.unsubscribe(4);
    await client.unsubscribe(1);
    await client.unsubscribe(3);
    await quietly(at);
    tell({ told: ops(client).filter(op => !/subscribed/.test(op)).sort(), left: server.subscriptions.size });`);
  assert.deepStrictEqual(told, ['create1', 'create3', 'update1', 'update3', 'update4']);
  assert.strictEqual(left, 0);
});

test('queries that Parse Server confuses are told apart', () => {
  const program = options => `
    livematch.install({ parseServer, ...${JSON.stringify(options)} });
    const at = await serve(parse, fresh);
    const client = await at.client();
    await client.subscribe(1, 'Game', { a: 1, b: 2 });
    await client.subscribe(2, 'Game', { a: 2, b: 1 });
    client.frames.length = 0;
    at.publish('afterSave', { currentParseObject: game({ a: 2, b: 1 }) });
    await quietly(at);
    tell(ops(client));`;
  assert.deepStrictEqual(run(program({})), []);
  assert.deepStrictEqual(run(program({ fingerprints: true })), ['create2']);
});

test('what can never match is said in beforeSubscribe and the log; strict refuses it', () => {
  const program = options => `
    livematch.install({ parseServer, ...${JSON.stringify(options)} });
    const seen = [];
    parse.triggers.addTrigger('beforeSubscribe', 'Game', request => { seen.push(request.query.warnings?.map(({ code }) => code)); }, 'livematch');
    const at = await serve(parse, fresh);
    const client = await at.client();
    client.frames.length = 0;
    await client.subscribe(1, 'Game', { team: { $inQuery: {} } });
    await client.subscribe(2, 'Game', { score: 1 });
    at.publish('afterSave', { currentParseObject: game({ score: 1 }) });
    await quietly(at);
    tell({ seen, told: ops(client), warnings: warned() });`;
  const warn = run(program({ warn: true }));
  assert.deepStrictEqual(warn.seen, [['sub-query'], []]);
  assert.deepStrictEqual(warn.told, ['subscribed1', 'subscribed2', 'create2']);
  assert.match(warn.warnings[0], /\/team\/\$inQuery/);
  const strict = run(program({ strict: true }));
  assert.deepStrictEqual(strict.told, ['error1', 'subscribed2', 'create2']);
  assert.deepStrictEqual(run(program({})).seen, [null, null]);
});

test('events of an object are sent in the order of its changes, and a trigger that hangs does not hold them for ever', () => {
  const program = options => `
    livematch.install({ parseServer, ...${JSON.stringify(options)} });
    parse.triggers.addTrigger('afterEvent', 'Game', async request => {
      const score = request.object.get('score');
      if (score === 1) await new Promise(resolve => setTimeout(resolve, ${options.hangs ?? 100}));
    }, 'livematch');
    const at = await serve(parse, fresh);
    const client = await at.client();
    await client.subscribe(1, 'Game', {});
    client.frames.length = 0;
    for (const score of [1, 2, 3]) at.publish('afterSave', { currentParseObject: game({ score }) });
    at.publish('afterSave', { currentParseObject: { ...game({ score: 9 }), objectId: 'o2' } });
    await new Promise(resolve => setTimeout(resolve, 400));
    tell({ scores: client.frames.map(text => JSON.parse(text).object.score), metrics: livematch.metrics() });`;
  assert.deepStrictEqual(run(program({})).scores, [2, 3, 9, 1]);
  assert.deepStrictEqual(run(program({ ordered: true })).scores, [9, 1, 2, 3]);
  const hung = run(program({ ordered: true, orderedTimeout: 50 }).replace('resolve, 100)', 'resolve, 300)'));
  assert.deepStrictEqual(hung.scores, [9, 2, 3, 1]);
  assert.strictEqual(hung.metrics.gaveUp, 1);
});

test('a listener of a channel, as of node-redis, and a listener of all messages are told one from the other', () => {
  // drive.js calls the listener of the channel, with the text and then the channel; here the other.
  const told = run(`
    livematch.install({ parseServer });
    const at = await serve(parse, fresh);
    const client = await at.client();
    await client.subscribe(1, 'Game', { score: 1 });
    client.frames.length = 0;
    at.server.subscriber.emit('message', 'livematchafterSave', JSON.stringify({ currentParseObject: game({ score: 1 }) }));
    await quietly(at);
    tell({ ops: ops(client), hits: livematch.metrics().hits });`);
  assert.deepStrictEqual(told, { ops: ['create1'], hits: 1 });
});

test('an exchanged Map of subscriptions goes the stock way', () => {
  const told = run(`
    livematch.install({ parseServer });
    const at = await serve(parse, fresh);
    at.server.subscriptions = new Map();
    const client = await at.client();
    await client.subscribe(1, 'Game', { score: 1 });
    client.frames.length = 0;
    at.publish('afterSave', { currentParseObject: game({ score: 1 }) });
    await quietly(at);
    tell({ ops: ops(client), unasked: livematch.metrics().unasked, warnings: warned().length });`);
  assert.deepStrictEqual(told, { ops: ['create1'], unasked: 1, warnings: 1 });
});

test('workers of a cluster have each their own', () => {
  const told = JSON.parse(execFileSync(process.execPath, [path.join(__dirname, 'worker.js'), FOLDER], { encoding: 'utf8', timeout: 60_000 }));
  assert.deepStrictEqual(told.map(({ sent }) => sent), [['create1'], ['create2']]);
  assert.ok(told.every(({ metrics }) => metrics.messages === 2 && metrics.unconcerned === 1 && metrics.hits === 1));
});

test('Parse Server is loaded as it loads itself: its modules need one another in a circle', () => {
  const text = `require(${JSON.stringify(path.join(__dirname, '..'))}).install({ parseServer: ${JSON.stringify(FOLDER)} });
    console.log(Object.keys(require.cache).filter(name => name.includes('/node_modules/parse-server/lib/'))[0]); process.exit(0);`;
  assert.match(execFileSync(process.execPath, ['-e', text], { encoding: 'utf8' }), /\/parse-server\/lib\/index\.js\n$/);
});

test('an option that is misspelt is an error', () => {
  const livematch = require('..');
  assert.throws(() => livematch.install({ shadwo: true }), /shadwo: no such option/);
  assert.throws(() => livematch.install({ dialect: 'sql' }), /dialect: cannot be "sql"/);
});
