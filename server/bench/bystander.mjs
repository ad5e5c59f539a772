// A client that minds its own business, in a process of its own so that nothing but the server delays it. It publishes a change at an
// even rate, hears of it, and counts. Its parent, which attacks meanwhile, sends what it should do and gets what it measured.
//
//   { url, http, perSecond }   to begin; answered by 'begun'
//   'end'                      to end; answered by { sent, missing, delays, isClosed }, the delays sorted, in milliseconds
import { object, post } from '../tests/sdk/lib/feed.mjs';
import { Socket } from '../tests/sdk/lib/socket.mjs';

const CLASS = 'Bystander';

/** How long what has been published may still be on its way in the end. */
const PATIENCE = 20_000;

const delays = [];
let [sent, isEnding, isClosed] = [0, false, false];

async function begin({ url, http, perSecond }) {
  const socket = await Socket.open(url);
  await socket.connect({ javascriptKey: 'js' });
  const { op } = await socket.ask({ op: 'subscribe', requestId: 1, query: { className: CLASS, where: { n: { $gte: 0 } } } });
  if (op !== 'subscribed') throw new Error(`${op} where a subscription was confirmed`);
  socket.raw.removeAllListeners('message');
  socket.raw.on('message', (text) => {
    const { object: heard } = JSON.parse(text);
    if (heard) delays.push(performance.now() - heard.sentAt);
  });
  socket.raw.on('close', () => (isClosed = true));
  publish({ http }, perSecond);
  process.send('begun');
}

async function publish(server, perSecond) {
  const start = performance.now();
  while (!isEnding) {
    const due = start + (sent * 1_000) / perSecond;
    await pause(due - performance.now());
    const currentParseObject = object(CLASS, `b${sent}`, { n: sent, sentAt: performance.now() });
    sent++;
    // Not waited for: a server that takes its time does not make the next change late.
    post(server, { op: 'afterSave', message: { currentParseObject } }).catch(() => {});
  }
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, Math.max(0, milliseconds)));

async function end() {
  isEnding = true;
  const deadline = performance.now() + PATIENCE;
  while (delays.length < sent && !isClosed && performance.now() < deadline) await pause(20);
  delays.sort((a, b) => a - b);
  process.send({ sent, missing: sent - delays.length, delays, isClosed }, () => process.exit());
}

process.on('message', (message) => (message === 'end' ? end() : begin(message)));
process.on('disconnect', () => process.exit());
