import livematch from './index.js';

export const { Change, LivematchError, Matcher, Query, QuerySet, answer } = livematch;
export default livematch;
