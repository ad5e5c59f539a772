// Asks the original whether a client may subscribe with a `where`.

import { Client, RequestSchema, bareServer, schemaValidator } from './original.mjs';

const CLIENT = 'client';

/** "ok", or the text of the refusal. */
export async function subscribe(where, className = 'T') {
  const request = { op: 'subscribe', requestId: 1, query: { className, where } };
  const violation = schemaViolation(request);
  if (violation) return violation;
  const sent = [];
  const socket = { clientId: CLIENT, send: text => sent.push(JSON.parse(text)) };
  const server = bareServer();
  server.clients.set(CLIENT, new Client(CLIENT, socket));
  await server._handleSubscribe(socket, request);
  const last = sent.at(-1);
  return last.op === 'subscribed' ? 'ok' : String(last.error);
}

function schemaViolation(request) {
  for (const schema of [RequestSchema.general, RequestSchema.subscribe]) {
    if (!schemaValidator.validate(request, schema)) return schemaValidator.error.message;
  }
  return null;
}
