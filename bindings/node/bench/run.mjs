// What it costs: node bench/run.mjs. Medians, in microseconds, of one run.
import { createRequire } from 'node:module';
import { Change, Matcher, Query } from '../index.mjs';

const ROUNDS = 2_000;
const notes = 'lorem ipsum '.repeat(70);
const side = (score) => ({ className: 'Game', __type: 'Object', objectId: 'g1', room: 'r7', score, notes, list: [1, 2, 3], createdAt: '2026-01-02T03:04:05.678Z', updatedAt: '2026-01-02T03:04:05.678Z' });
const text = JSON.stringify({ currentParseObject: side(9), originalParseObject: side(8) });
const bytes = Buffer.from(text);
const objects = JSON.parse(text);

function median(work, rounds = ROUNDS) {
  for (let n = 0; n < rounds / 4; n += 1) work();
  const took = [];
  for (let n = 0; n < rounds; n += 1) {
    const began = process.hrtime.bigint();
    work();
    took.push(Number(process.hrtime.bigint() - began) / 1_000);
  }
  return took.sort((one, other) => one - other)[rounds >> 1].toFixed(1);
}

console.log(`Node ${process.version}, a message of ${text.length} bytes`);
for (const size of [1_000, 100_000]) {
  const matcher = new Matcher();
  const began = performance.now();
  for (let n = 0; n < size; n += 1) matcher.insert('Game', `{"room":"r${n}","score":{"$gt":5}}`);
  const filling = ((1_000 * (performance.now() - began)) / size).toFixed(1);
  const target = new Uint32Array(64);
  const read = new Change(bytes);
  console.table({
    [`${size} queries`]: {
      'Buffer, into an array': median(() => matcher.changeInto(target, bytes)), Buffer: median(() => matcher.change(bytes)), text: median(() => matcher.change(text)),
      'objects, stringified': median(() => matcher.change(JSON.stringify(objects))), 'read before': median(() => matcher.change(read)), 'insert each': filling, 'bytes each': Math.round(matcher.memoryUsage / size),
    },
  });
}

const query = new Query('{"room":"r7","score":{"$gt":5}}');
const object = JSON.stringify(side(9));
const object_ = Buffer.from(object);
const row = { text: median(() => query.matches(object)), Buffer: median(() => query.matches(object_)), 'object, stringified': median(() => query.matches(JSON.stringify(objects.currentParseObject))) };
try {
  const { matchesQuery } = createRequire(new URL('../../../tests/oracle/package.json', import.meta.url))('parse-server/lib/LiveQuery/QueryTools.js');
  const where = { room: 'r7', score: { $gt: 5 } };
  row["Parse Server's matchesQuery"] = median(() => matchesQuery(objects.currentParseObject, where));
} catch {
  console.log('Parse Server is not installed: (cd tests/oracle && npm ci)');
}
console.table({ 'one query': row });
process.exit(0);
