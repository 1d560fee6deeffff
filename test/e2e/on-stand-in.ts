import { storeUnderTest } from './store-under-test.js';

/* Imported before specs of this folder, has them run on the adapter and a stand-in for its server. */
storeUnderTest.kind = 'stand-in';
