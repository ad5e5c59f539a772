// Clients whose program does next to nothing, so that what takes its time is the server: plain sockets that write what was made ready before.
import { connect } from 'node:net';
import { APP_ID } from '../tests/sdk/lib/feed.mjs';

const UPGRADE =
  'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n';

/** A text frame of 126 to 65,535 bytes as a client sends it, masked with zeros. */
export function frame(value) {
  const text = Buffer.from(JSON.stringify(value));
  return Buffer.concat([Buffer.from([0x81, 0xfe, text.length >> 8, text.length & 0xff, 0, 0, 0, 0]), text]);
}

const CONNECT = frame({ op: 'connect', applicationId: APP_ID, javascriptKey: 'js', installationId: 'x'.repeat(100) });

/** Answers the pings among the frames that come in, as who does not is taken for gone. */
function answersPings(socket) {
  let rest = Buffer.alloc(0);
  return (bytes) => {
    rest = rest.length ? Buffer.concat([rest, bytes]) : bytes;
    while (rest.length >= 2) {
      const short = rest[1] & 0x7f;
      const head = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (rest.length < head) return;
      const end = head + (short < 126 ? short : short === 126 ? rest.readUInt16BE(2) : Number(rest.readBigUInt64BE(2)));
      if (rest.length < end) return;
      if (rest[0] === 0x89) socket.write(Buffer.concat([Buffer.from([0x8a, 0x80 | short, 0, 0, 0, 0]), rest.subarray(head, end)]));
      rest = rest.subarray(end);
    }
  };
}

/**
 * Opens a socket that connects and sends a frame that subscribes; calls what is given when a step has been answered, and with the bytes that come
 * in after that.
 */
export function open(port, subscribe, { onConnected = () => {}, onSubscribed = () => {}, onData = () => {} } = {}) {
  const steps = [
    ['101', (socket) => socket.write(CONNECT)],
    ['"connected"', (socket) => (onConnected(), socket.write(subscribe))],
    ['"subscribed"', () => onSubscribed()],
  ];
  const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => socket.write(UPGRADE));
  socket.on('error', (error) => {
    throw error;
  });
  const answerPings = answersPings(socket);
  socket.on('data', (bytes) => {
    if (steps.length < 3) answerPings(bytes);
    if (!steps.length) return onData(bytes);
    if (bytes.includes(steps[0][0])) steps.shift()[1](socket);
  });
  return socket;
}
