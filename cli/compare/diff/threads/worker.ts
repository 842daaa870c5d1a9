/** A thread of the pool. */
import { workerData } from 'piscina';
import { workOf } from './work.ts';

export default workOf(workerData);
