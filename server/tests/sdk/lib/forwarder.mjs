// A TCP forwarder as it stands before several servers: each connection goes to the next one that can be reached.
import { connect, createServer } from 'node:net';
import { once } from 'node:events';

export async function startForwarder(ports) {
  let turn = 0;
  const sockets = new Set();
  const forward = async (client) => {
    for (let tries = 0; tries < ports.length; tries++) {
      const server = connect(ports[turn++ % ports.length], '127.0.0.1');
      try {
        await once(server, 'connect');
      } catch {
        continue; // this one is down
      }
      return join(client, server);
    }
    client.destroy();
  };
  const join = (client, server) => {
    for (const [from, to] of [[client, server], [server, client]]) {
      sockets.add(from);
      from.on('error', () => {});
      from.on('close', () => (sockets.delete(from), to.destroy()));
      from.pipe(to);
    }
  };
  const listener = createServer(forward).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const close = () => {
    listener.close();
    sockets.forEach((socket) => socket.destroy());
  };
  return { port: listener.address().port, close };
}
