import { afterAll, expect } from '@jest/globals';

/** Fails a spec file in which a rejection was heard by nobody: outside of tests it would end the process. */
export function expectNoUnheardRejections(): void {
  const unheard: unknown[] = [];
  const hear = (error: unknown): void => {
    unheard.push(error);
  };
  process.on('unhandledRejection', hear);
  afterAll(() => {
    process.off('unhandledRejection', hear);
    expect(unheard).toEqual([]);
  });
}
