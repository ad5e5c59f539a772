/// <reference types="node" />

/** Which Redis, and how it is reached. */
export interface RedisOptions {
  /** `redis://[USER:PASSWORD@]HOST:PORT`, or `rediss://…`. */
  url?: string;
  /** What node-redis' `createClient` is given besides: TLS, names, timeouts. It does not connect again by itself whatever stands here. */
  redisOptions?: object;
  /** The module `redis`, if it is not found from here. */
  redis?: { createClient(options?: any): any };
}

/** A Redis Stream. */
export interface StreamOptions extends RedisOptions {
  /** The stream's key; `livequery` by default. */
  key?: string;
  /** About how many entries it keeps; 10,000 by default. */
  maxLength?: number;
}

/** A livematch-server. */
export interface PostOptions {
  /** Its address with the path, such as `http://127.0.0.1:1337/publish`. */
  url: string;
  /** Its `--publish-token`. */
  token?: string;
}

export interface Logger {
  error(text: string): unknown;
  warn(text: string): unknown;
  info(text: string): unknown;
}

/** `stream` or `post` is needed; each destination has a queue of its own. */
export interface Options {
  stream?: StreamOptions;
  post?: PostOptions | PostOptions[];
  /** Where Parse Server's own LiveQuery servers go on listening: in this process, or on the channels of a Redis. */
  tee?: 'process' | RedisOptions;
  /** What takes the adapter's words; the console by default. */
  logger?: Logger;
  /** How many messages may wait for a destination, with those being written; 10,000 by default. */
  maxQueuedMessages?: number;
  /** How many bytes they may have; 64 MiB by default. */
  maxQueuedBytes?: number;
  /** How many messages are written at once; 100 by default. */
  maxBatchMessages?: number;
  /** How many bytes those may have, unless it is one; 1 MiB by default. */
  maxBatchBytes?: number;
  /** The longest wait between two attempts; 5,000 by default. The first is 100. */
  maxRetryMs?: number;
  /** How long a connection and an answer may take; 5,000 by default. */
  timeoutMs?: number;
  /** How long `close()` hands on what waits; 5,000 by default. */
  closeMs?: number;
}

/** What became of the messages for one destination. */
export interface DestinationMetrics {
  name: string;
  /** Messages that it has taken. */
  written: number;
  /** Writes that it has answered. */
  batches: number;
  /** Writes that failed and were made again. */
  retries: number;
  /** Messages that were dropped, since there was no room or the adapter was closed. */
  dropped: number;
  /** Messages that it will not take, as they are too large or no JSON. */
  refused: number;
  /** Messages that it may or may not have, and that are not repeated: of `tee` alone. */
  uncertain: number;
  /** Messages that wait, with those being written. */
  queued: number;
  queuedBytes: number;
  /** Whether the last attempt failed, and why. */
  failing: boolean;
  error?: string;
}

export interface Metrics {
  /** The writer of the stamps. */
  writer: string;
  /** The number of the last message. */
  published: number;
  destinations: DestinationMetrics[];
}

export interface Publisher {
  /** Takes a message, and never throws. */
  publish(channel: string, message: string): void;
}

export interface Subscriber {
  subscribe(channel: string): void;
  unsubscribe(channel: string): void;
  on(event: 'message', listener: (channel: string, message: string) => void): this;
  close(): void;
}

/** What Parse Server's `liveQuery.pubSubAdapter` takes. */
export declare class LivematchPubSub {
  /** Throws an error that names the option, if one is wrong. */
  constructor(options: Options);
  createPublisher(): Publisher;
  createSubscriber(): Subscriber;
  metrics(): Metrics;
  /** Hands on what waits, for as long as `closeMs` says, and ends all connections; how many messages were left. */
  close(): Promise<{ name: string; left: number }[]>;
}

export default LivematchPubSub;
