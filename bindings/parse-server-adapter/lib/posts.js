'use strict';

/** What Parse Server publishes: the end of a channel, behind the id of the app. */
const OPERATION = /(afterSave|afterDelete|clearCache)$/;

/** What a server cannot take because of what it is; everything else may work later. */
const UNREADABLE = 400;
const TOO_LARGE = 413;

/** `POST /publish` of livematch-server. */
class Posts {
  name;
  repeats = true;
  #url;
  #headers;
  #timeoutMs;
  #end = new AbortController();

  constructor({ url, token }, { timeoutMs }) {
    this.name = `${url.origin}${url.pathname}`;
    this.#url = url;
    this.#headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
    this.#timeoutMs = timeoutMs;
  }

  /** Posts a batch, and those again by halves that are too much at once; what was refused. */
  async write(batch) {
    const { status, text, retryAfterMs } = await this.#post(batch);
    if (status === 202 || status === 207) return refusedOf(batch, text);
    if (status === UNREADABLE || status === TOO_LARGE) {
      if (batch.length === 1) return [{ seq: batch[0].seq, error: `${status} ${text}` }];
      const middle = batch.length >> 1;
      const first = await this.write(batch.slice(0, middle));
      return [...first, ...(await this.write(batch.slice(middle)))];
    }
    throw Object.assign(new Error(`${status} ${text}`), { retryAfterMs });
  }

  close() {
    this.#end.abort();
  }

  async #post(batch) {
    const texts = batch.map(write);
    const response = await fetch(this.#url, {
      method: 'POST',
      headers: this.#headers,
      body: batch.length === 1 ? texts[0] : `[${texts.join(',')}]`,
      redirect: 'error',
      signal: AbortSignal.any([this.#end.signal, AbortSignal.timeout(this.#timeoutMs)]),
    });
    const seconds = Number(response.headers.get('retry-after')) || 0;
    return { status: response.status, text: await response.text(), retryAfterMs: seconds * 1_000 };
  }
}

/** A message as `/publish` takes it. It is JSON already, and not read again. */
function write({ channel, message, writer, seq }) {
  const [op = channel] = OPERATION.exec(channel) ?? [];
  return `{"op":${JSON.stringify(op)},"writer":"${writer}","seq":${seq},"message":${message}}`;
}

/** Those of a batch that the answers refuse. */
function refusedOf(batch, text) {
  const answers = answersOf(text);
  return batch.flatMap(({ seq }, index) => {
    const error = answers[index]?.error;
    return error ? [{ seq, error }] : [];
  });
}

function answersOf(text) {
  try {
    const { answers } = JSON.parse(text);
    return Array.isArray(answers) ? answers : [];
  } catch {
    return []; // what was accepted needs no words
  }
}

module.exports = { Posts };
