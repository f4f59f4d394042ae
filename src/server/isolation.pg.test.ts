import { describeIsolation } from './testing/isolation.ts';

describeIsolation();
