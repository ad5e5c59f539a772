// Stands between SDKs and a server: hears what both say, and can cut a connection, or say something as either of them.
import { once } from 'node:events';
import WebSocket, { WebSocketServer } from 'ws';

export class Relay {
  /** Each connection that was opened: what its client has sent, and whether it has ended. */
  connections = [];
  /** Changes a frame of the server before a client hears it. */
  change = (frame) => frame;
  #server;

  static async start(url) {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await once(server, 'listening');
    return new Relay(server, url);
  }

  constructor(server, url) {
    this.#server = server;
    this.url = `ws://127.0.0.1:${server.address().port}/`;
    server.on('connection', (client) => this.#join(client, new WebSocket(url)));
  }

  #join(client, upstream) {
    const connection = { sent: [], isOpen: true, cut: () => client.terminate(), say: (frame) => say(JSON.stringify(frame)) };
    this.connections.push(connection);
    const opened = once(upstream, 'open');
    const say = (text) => opened.then(() => upstream.send(text));
    client.on('message', (data) => {
      connection.sent.push(JSON.parse(data));
      say(`${data}`);
    });
    upstream.on('message', (data) => client.send(JSON.stringify(this.change(JSON.parse(data)))));
    for (const [from, to] of [[client, upstream], [upstream, client]]) {
      from.on('error', () => {});
      from.on('close', (code, reason) => {
        connection.isOpen = false;
        const isGoodbye = code !== 1005 && code !== 1006;
        if (isGoodbye) to.close(code, reason);
        else to.terminate();
      });
    }
  }

  get open() {
    return this.connections.filter(({ isOpen }) => isOpen);
  }

  end() {
    this.#server.clients.forEach((client) => client.terminate());
    this.#server.close();
  }
}
