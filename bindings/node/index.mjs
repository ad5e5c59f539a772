import livematch from './index.js';

export const { Matcher, Query, LivematchError, answer } = livematch;
export default livematch;
