/**
 * JSON: text, or its bytes in UTF-8.
 *
 * Text has to be well-formed: half of a surrogate pair is escaped, as `JSON.stringify` does. Bytes over a `SharedArrayBuffer` are copied first.
 */
export type Json = string | Uint8Array;

/** What a query says of one object. A fault is where Parse Server's matcher would throw: there is no match, and no event. */
export type Verdict = 'match' | 'no-match' | 'fault';

export type Event = 'create' | 'enter' | 'update' | 'leave' | 'delete';

/** Whether a message says that an object was saved or that it was deleted. */
export type Kind = 'save' | 'delete';

/** How clauses are compiled. A name that is no option is an error. */
export interface Options {
  /** `livequery` (the default) answers as Parse Server's LiveQuery does, `find` as `Parse.Query.find()` on MongoDB. */
  dialect?: 'livequery' | 'find';
  /** Refuses a clause that a warning, or more, is said of. Mere hints are taken. */
  strict?: boolean;
  /** For `find`: what the fields of the class hold, as `GET /schemas` tells. Without it, it is guessed. */
  schema?: Record<string, { type: string; targetClass?: string }>;
  /** For `find`: whether null is not found where a path leads into a list of what has no members, as in MongoDB before SERVER-36681. It is so by default. */
  legacyDottedNull?: boolean;
}

/** Both verdicts of a change, undefined for a side that is not there, and the event that follows from them. */
export interface Answer {
  old: Verdict | undefined;
  new: Verdict | undefined;
  event: Event | undefined;
}

/** Something that a clause says and its author will not have meant. */
export interface Warning {
  /** Its name, such as `equals-null`: docs/surprises.md of the project has them all. */
  code: string;
  level: 'error' | 'warning' | 'hint';
  /** What becomes of the constraint, such as `never matches`. */
  effect: string;
  operator: string;
  /** RFC 6901, into the clause. */
  pointer: string;
  /** What is wrong, and what to do instead. */
  message: string;
}

/** One constraint, with what was found and whether it held. */
export interface Tested {
  /** RFC 6901, into the clause. */
  pointer: string;
  operator: string;
  /** In words. */
  expected: string;
  /** The value, `{ missing: true }`, or `{ cut: … }` with the beginning of its JSON; null if it was not looked at. */
  found: unknown;
  /** Null if it was not reached. */
  held: boolean | 'fault' | null;
  /** Whether the verdict is owed to it. */
  decisive: boolean;
  /** The code of the surprise that decided, if one did. */
  surprise: string | null;
  note: string | null;
}

/** Why an object matches or does not. */
export interface Explanation {
  verdict: Verdict;
  /** In words; `toString()` gives it too. */
  text: string;
  /** In the order of evaluation. */
  tested: Tested[];
  /** How many more there are. */
  omitted: number;
  toString(): string;
}

/** Why a change makes an event or none. */
export interface ChangeExplanation {
  event: Event | undefined;
  old: Explanation | undefined;
  new: Explanation | undefined;
}

/**
 * A message that Parse Server published, read whole, to be held against more than one thing.
 *
 * It holds what Parse Server's matcher would see: dates and points are printed anew, secrets of users are gone.
 */
export class Change {
  /** @throws {LivematchError} `LIVEMATCH_UNREADABLE` if it is no such message, or one that Parse Server loses. */
  constructor(message: Json, kind?: Kind);
  readonly kind: Kind;
  readonly className: string;
  readonly objectId: string | undefined;
  /** The object before, as JSON; the deleted object if it was deleted. */
  readonly old: string | undefined;
  /** The object after, as JSON. */
  readonly new: string | undefined;
  /** As JSON, as they came. */
  readonly classLevelPermissions: string | undefined;
}

/**
 * A compiled clause.
 *
 * Objects of JavaScript do not cross: give text or bytes. To compile takes time by the length of the clause, to answer by the length of the object.
 */
export class Query {
  /**
   * @throws {LivematchError} `LIVEMATCH_REFUSED`, with the place, if the clause is refused; `LIVEMATCH_ARGUMENT` for what is no JSON text, no bytes
   * or no option.
   */
  constructor(clause: Json, options?: Options);
  /** Whether it matches an object; a fault is none. @throws {LivematchError} `LIVEMATCH_UNREADABLE` if it is no JSON of an object. */
  matches(object: Json): boolean;
  /** @throws {LivematchError} as `matches` */
  verdict(object: Json): Verdict;
  /** Both sides of a change; null or nothing for a side that is not there. @throws {LivematchError} as `matches` */
  classify(old: Json | null | undefined, now?: Json | null): Answer;
  classify(change: Change): Answer;
  /** @throws {LivematchError} as `matches` */
  explain(object: Json): Explanation;
  /** @throws {LivematchError} as `matches` */
  explainChange(old: Json | null | undefined, now?: Json | null): ChangeExplanation;
  explainChange(change: Change): ChangeExplanation;
  /** What in the clause surprises, the first place first. Takes much longer than to compile it. */
  warnings(): Warning[];
  /** The same query at a moment, for `$relativeTime`. */
  at(moment: Date | number): Query;
  /** Equal for queries that are one, and for no others. The order of keys means something, that of the members of `$in` does not. */
  readonly fingerprint: string;
  /** The clause as compact JSON, its keys in JavaScript's order. */
  readonly clause: string;
  /** Whether it asks for `$relativeTime`. */
  readonly isTimeDependent: boolean;
}

/**
 * Hits: the number of each query, and a number that {@link answer} puts into words, one after the other. In bits 0 and 1 it has the verdict of
 * the side before, in 2 and 3 of the side after (0 there is no such side, 1 no match, 2 match, 3 fault), and from 4 on the event
 * (1 create, 2 enter, 3 update, 4 leave, 5 delete).
 */
export type Hits = Uint32Array;

declare abstract class Filled {
  /** Whether there was one; its number is given out again. Takes about as long as to insert it. */
  remove(number: number): boolean;
  /** Writes the hits of the last call again, for an array that was too short. Returns how many queries are concerned. */
  again(target: Hits): number;
  /** How many queries there are. */
  readonly size: number;
  /** Bytes beside those of JavaScript, near enough. Takes time by the size. V8 is told of them, so that it collects what is not needed. */
  readonly memoryUsage: number;
  /** Forgets everything and gives back the memory at once, not when it is collected. It can be filled again. */
  dispose(): void;
  [Symbol.dispose](): void;
}

/** Many queries of one class. The answer is that of every query by itself; what it costs is that of the few that can match. */
export class QuerySet extends Filled {
  /** Of clauses that are inserted as JSON. */
  constructor(options?: Options);
  /** The number by which hits name the query. @throws {LivematchError} as `new Query` */
  insert(query: Query | Json): number;
  /** Whom a change concerns; null if nobody. @throws {LivematchError} `LIVEMATCH_UNREADABLE` */
  classify(old: Json | null | undefined, now?: Json | null): Hits | null;
  classify(change: Change): Hits | null;
  /** The same, into an array of the caller's. Returns how many queries are concerned; hits that find no room are not written. */
  classifyInto(target: Hits, old: Json | null | undefined, now?: Json | null): number;
  classifyInto(target: Hits, change: Change): number;
}

/** Many queries of many classes, found by the messages that Parse Server publishes. */
export class Matcher extends Filled {
  /** Of clauses that are inserted as JSON. */
  constructor(options?: Options);
  /** The number by which hits name the query. @throws {LivematchError} as `new Query` */
  insert(className: string, query: Query | Json): number;
  /**
   * Whom a message concerns; null if nobody. Of its objects only the fields are read that queries of its class ask for, so that what is wrong with
   * others is not noticed.
   *
   * @throws {LivematchError} `LIVEMATCH_UNREADABLE` if it is no such message, or one that Parse Server loses
   */
  change(message: Json, kind?: Kind): Hits | null;
  change(change: Change): Hits | null;
  /** The same, into an array of the caller's. Returns how many queries are concerned; hits that find no room are not written. */
  changeInto(target: Hits, message: Json, kind?: Kind): number;
  changeInto(target: Hits, change: Change): number;
}

/** Puts the number beside a query's into words. */
export function answer(bits: number): Answer;

/** What this package throws. A method that is called on something else than its object is a `TypeError`, as JavaScript has it. */
export class LivematchError extends Error {
  /**
   * `REFUSED`: a clause. `UNREADABLE`: a message or an object. `ARGUMENT`: what is given is of the wrong kind. `NOT_LOADED`: there is no module for
   * this platform. `INTERNAL`: a fault of this package; a set in which it happened says so until it is disposed of.
   */
  readonly code: 'LIVEMATCH_REFUSED' | 'LIVEMATCH_UNREADABLE' | 'LIVEMATCH_ARGUMENT' | 'LIVEMATCH_NOT_LOADED' | 'LIVEMATCH_INTERNAL';
  /** The kind of refusal, such as `invalid-regex` or `limit`. */
  readonly kind: string;
  /** RFC 6901, into the clause or the message. */
  readonly pointer?: string;
  private constructor();
}
