// The two ways in which changes reach the server.
import { createClient } from 'redis';
import { startRedis, startServer } from './process.mjs';

export const APP_ID = 'testApp';

/** Changes are posted to the server. */
export async function embedded() {
  return {
    name: 'embedded feed',
    options: { appId: APP_ID },
    connect: (server) => ({
      publish: async (op, message) => {
        const response = await post(server, { op, message });
        if (response.status !== 202) throw new Error(`${response.status}: ${await response.text()}`);
      },
      close: async () => {},
    }),
    close: async () => {},
  };
}

/** A server that changes are posted to, with these options, for the length of a test; and changes of one class. */
export async function withServer(options, work) {
  const server = await startServer({ appId: APP_ID, ...options });
  const source = (await embedded()).connect(server);
  try {
    return await work(server, changes(source, 'Game'));
  } finally {
    await server.end('SIGTERM');
  }
}

/** Changes come from a real Redis. */
export async function redis() {
  const server = await startRedis();
  return {
    name: 'Redis feed',
    options: { appId: APP_ID, redisUrl: server.url },
    connect: () => publisher(server.url),
    close: () => server.end('SIGTERM'),
  };
}

/** Publishes as Parse Server does. */
export function publisher(url, appId = APP_ID) {
  const client = createClient({ url }).on('error', () => {});
  const connected = client.connect();
  return {
    publish: async (op, message) => {
      await connected;
      return client.publish(`${appId}${op}`, JSON.stringify(message));
    },
    /** Asks Redis something. */
    command: async (words) => {
      await connected;
      return client.sendCommand(words);
    },
    close: () => client.close(), // once everything is sent
  };
}

/**
 * Hears on Redis what updates make of the field `n` of the objects of a class, in order.
 *
 * A creation does not count: Parse Server answers who creates an object before it publishes the change, so that it may be
 * heard or not.
 */
export async function follow(url, className, appId = APP_ID) {
  const client = createClient({ url });
  const heard = [];
  await client.connect();
  await client.subscribe(`${appId}afterSave`, (text) => {
    const { currentParseObject, originalParseObject } = JSON.parse(text);
    if (originalParseObject && currentParseObject.className === className) heard.push(currentParseObject.n);
  });
  const end = async () => {
    await client.ping(); // its answer comes after all that was published before
    await client.close();
    return heard;
  };
  return { end };
}

/** Posts to a server whatever is given. */
export function post(server, body, headers = {}) {
  return fetch(`${server.http}/publish`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

const TIME = '2024-01-02T03:04:05.678Z';

/** An object as Parse Server publishes it. */
export function object(className, objectId, fields = {}) {
  return { __type: 'Object', className, objectId, createdAt: TIME, updatedAt: TIME, ...fields };
}

/** What happens to objects, in the words of who changes them. */
export function changes(feed, className, permissions = {}) {
  const message = (currentParseObject, originalParseObject) => ({
    currentParseObject,
    originalParseObject,
    ...permissions,
  });
  const of = (id, fields) => object(className, id, fields);
  return {
    create: (id, fields) => feed.publish('afterSave', message(of(id, fields))),
    update: (id, before, after) => feed.publish('afterSave', message(of(id, after), of(id, before))),
    remove: (id, fields) => feed.publish('afterDelete', message(of(id, fields))),
  };
}
