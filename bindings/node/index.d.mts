export * from './index.js';
import * as livematch from './index.js';
export default livematch;
