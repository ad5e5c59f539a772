'use strict';

const DEFAULTS = {
  maxQueuedMessages: 10_000,
  maxQueuedBytes: 64 << 20,
  maxBatchMessages: 100,
  maxBatchBytes: 1 << 20,
  maxRetryMs: 5_000,
  timeoutMs: 5_000,
  closeMs: 5_000,
};

const STREAM = { key: 'livequery', maxLength: 10_000 };

/** The longest time that Node's timers know. */
const LONGEST = 2 ** 31 - 1;

/** Reads the options. An error names the one that is wrong. */
function readOptions(given) {
  object('the options', given);
  known('', given, ['stream', 'post', 'tee', 'logger', ...Object.keys(DEFAULTS)]);
  const numbers = Object.keys(DEFAULTS).map((name) => [name, wholeNumber(name, given[name] ?? DEFAULTS[name])]);
  const options = {
    ...Object.fromEntries(numbers),
    stream: given.stream === undefined ? undefined : readStream(given.stream),
    posts: [given.post ?? []].flat().map(readPost),
    tee: readTee(given.tee),
    logger: readLogger(given.logger ?? console),
  };
  if (!options.stream && options.posts.length === 0) {
    fail('stream or post is needed: { stream: { url: … } } or { post: { url: … } }');
  }
  return options;
}

function readStream(given) {
  object('stream', given);
  known('stream.', given, ['key', 'url', 'maxLength', 'redis', 'redisOptions']);
  const stream = { ...STREAM, ...given };
  text('stream.key', stream.key);
  wholeNumber('stream.maxLength', stream.maxLength);
  readRedis('stream.', stream);
  return stream;
}

function readPost(given) {
  object('post', given);
  known('post.', given, ['url', 'token']);
  text('post.url', given.url);
  if (given.token !== undefined) text('post.token', given.token);
  const url = URL.canParse(given.url) ? new URL(given.url) : fail(`post.url is no address: ${given.url}`);
  if (!/^https?:$/.test(url.protocol)) fail('post.url has to begin with http:// or https://');
  if (url.username || url.password) fail('post.url has no place for a password: post.token is sent');
  return { url, token: given.token };
}

function readTee(given) {
  if (given === undefined || given === 'process') return given;
  object("tee, unless it is 'process',", given);
  known('tee.', given, ['url', 'redis', 'redisOptions']);
  readRedis('tee.', given);
  return given;
}

function readRedis(prefix, { url, redis, redisOptions }) {
  if (url === undefined && redisOptions === undefined) fail(`${prefix}url is needed, as redis://HOST:PORT`);
  if (url !== undefined && !/^rediss?:\/\//.test(url)) fail(`${prefix}url has to begin with redis:// or rediss://`);
  if (redisOptions !== undefined) object(`${prefix}redisOptions`, redisOptions);
  if (redis !== undefined && typeof redis.createClient !== 'function') fail(`${prefix}redis has to be the module redis`);
}

function readLogger(given) {
  for (const level of ['error', 'warn', 'info']) {
    if (typeof given?.[level] !== 'function') fail(`logger.${level} has to be a function`);
  }
  return given;
}

function known(prefix, given, names) {
  const unknown = Object.keys(given).filter((name) => !names.includes(name));
  if (unknown.length > 0) fail(`${prefix}${unknown[0]} is no option; there are ${names.join(', ')}`);
}

function object(name, value) {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) fail(`${name} has to be an object`);
}

function text(name, value) {
  if (typeof value !== 'string' || value === '') fail(`${name} has to be a text`);
}

function wholeNumber(name, value) {
  if (!Number.isInteger(value) || value < 1 || value > LONGEST) fail(`${name} has to be a whole number from 1 to ${LONGEST}`);
  return value;
}

/** No TypeError: on one Parse Server calls the constructor again. */
function fail(what) {
  throw new RangeError(`parse-server-livematch-adapter: ${what}`);
}

module.exports = { readOptions };
