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
  socket.on('data', (bytes) => {
    if (!steps.length) return onData(bytes);
    if (bytes.includes(steps[0][0])) steps.shift()[1](socket);
  });
  return socket;
}
