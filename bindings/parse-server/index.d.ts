/** A name that is no option is an error. */
export interface Options {
  /** Answers stay Parse Server's; differences are counted and logged. */
  shadow?: boolean;
  /** Queries that Parse Server confuses are told apart, in the whole process. */
  fingerprints?: boolean;
  /** Whose answers: LiveQuery's (the default), or those of `find()`. */
  dialect?: 'livequery' | 'find';
  /** What can never match is logged, and stands as `request.query.warnings` in `beforeSubscribe`. */
  warn?: boolean;
  /** As `warn`, and such a subscription is refused. */
  strict?: boolean;
  /** Events of one object are sent in the order of its changes. */
  ordered?: boolean;
  /** So many milliseconds an event waits for those before it at most; 10,000. */
  orderedTimeout?: number;
  /** Who is not concerned by a change is not told that the permissions of the class refuse him. */
  concernedOnly?: boolean;
  /** The folder of the package parse-server, if it is not found from the program. */
  parseServer?: string;
}

/**
 * Makes LiveQuery servers that Parse Server creates from now on find subscriptions in a set. Answers whether they will; where not, the log says why,
 * once, and Parse Server is left as it was.
 *
 * @throws {TypeError} for an option that does not exist or has a value that it cannot have
 */
export function install(options?: Options): boolean;

/** As `ParseServer.createLiveQueryServer`, for a process that does not call `install`; the options stand in `config.livematch`. */
export function createLiveQueryServer(httpServer: unknown, config?: { livematch?: Options; [name: string]: unknown }, options?: unknown): Promise<unknown>;

export type Count = 'messages' | 'unconcerned' | 'unreadable' | 'everyone' | 'hits' | 'refused' | 'stockMatched' | 'unasked' | 'compared' | 'different'
  | 'warned' | 'strictlyRefused' | 'waited' | 'gaveUp' | 'declined';

/** What was counted in this process, over all its LiveQuery servers: README, "Where it goes the stock way". */
export function metrics(): Record<Count, number>;
