/** JSON: text, or its bytes in UTF-8. */
export type Json = string | Uint8Array;

/** What a query answers for one object. A fault is where Parse Server's matcher would throw: there is no match, and no event. */
export type Verdict = 'match' | 'no-match' | 'fault';

export type Event = 'create' | 'enter' | 'update' | 'leave' | 'delete';

/** Whether a message says that an object was saved or that it was deleted. */
export type Kind = 'save' | 'delete';

export interface Options {
  /** `livequery` (the default) answers as Parse Server's LiveQuery does, `find` as `Parse.Query.find()` on MongoDB. */
  dialect?: 'livequery' | 'find';
  /** Refuses clauses of which a warning or an error says that their author will not have meant them. */
  strict?: boolean;
  /** For `find`: what the fields of the class hold, as `GET /schemas` tells. Without it, it is guessed. */
  schema?: Record<string, { type: string; targetClass?: string }>;
  /** For `find`: whether null is not found where a path leads into a list of what has no members. Default: true. */
  legacyDottedNull?: boolean;
}

/** Both verdicts of a change, and the event that follows from them. */
export interface Answer {
  old: Verdict | undefined;
  new: Verdict | undefined;
  event: Event | undefined;
}

/** Something that a clause says and its author will not have meant. */
export interface Warning {
  code: string;
  level: 'error' | 'warning' | 'hint';
  effect: string;
  /** RFC 6901, into the clause. */
  pointer: string;
  message: string;
}

/** Why an object matches or does not. `toString()` says it in words. */
export interface Explanation {
  verdict: boolean | 'fault';
  tested: { pointer: string; operator: string; found: unknown; held: unknown; decisive: boolean }[];
  toString(): string;
}

/**
 * A compiled clause. Compiling takes time linear in its length, answering in what it asks for.
 *
 * @throws {LivematchError} `LIVEMATCH_REFUSED`, with the place, if the clause is refused.
 */
export class Query {
  constructor(clause: Json, options?: Options);
  matches(object: Json): boolean;
  verdict(object: Json): Verdict;
  /** Both sides of a change; null or nothing for a side that is not there. */
  classify(old: Json | null | undefined, now: Json | null | undefined): Answer;
  explain(object: Json): Explanation;
  warnings(): Warning[];
  /** The same query at a moment, for `$relativeTime`. */
  at(moment: Date | number): Query;
  /** Equal for queries that mean the same, and for no others. */
  readonly fingerprint: string;
  readonly isTimeDependent: boolean;
}

/** Many queries of many classes, found by what a message says. */
export class Matcher {
  constructor(options?: Options);
  /** The number by which answers name the query; numbers of removed ones are given out again. */
  insert(className: string, query: Query | Json): number;
  /** Whether there was one. */
  remove(number: number): boolean;
  /**
   * Whom a message concerns that Parse Server published: the number of each query and a number that `answer` puts into words, one after the other;
   * null if nobody. Takes time by how many match, not by how many there are.
   *
   * @throws {LivematchError} `LIVEMATCH_UNREADABLE` if it is no such message.
   */
  change(message: Json, kind?: Kind): Uint32Array | null;
  /** The same, into an array of the caller's. Returns how many are concerned; what does not fit is not written. */
  changeInto(message: Json, kind: Kind, target: Uint32Array): number;
  readonly size: number;
  /** Bytes beside those of JavaScript. */
  readonly memoryUsage: number;
  /** Gives back the memory at once, and not when it is collected. */
  dispose(): void;
  [Symbol.dispose](): void;
}

/** Puts a number from `change` into words. */
export function answer(bits: number): Answer;

export class LivematchError extends Error {
  code: 'LIVEMATCH_REFUSED' | 'LIVEMATCH_UNREADABLE' | 'LIVEMATCH_ARGUMENT' | 'LIVEMATCH_NOT_LOADED' | 'LIVEMATCH_INTERNAL';
  /** The kind of refusal, such as `invalid-key` or `limit`. */
  kind: string;
  /** RFC 6901, into the clause. */
  pointer?: string;
}
