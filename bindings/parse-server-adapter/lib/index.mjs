import { LivematchPubSub } from './adapter.js';

export { LivematchPubSub };
export default LivematchPubSub;
