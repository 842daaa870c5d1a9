/** Failures of calls that must not keep the rest of a rollback from being done. */

/** What a call rejected with; undefined when it succeeded. */
export async function rejectionOf(call: () => Promise<void>): Promise<unknown> {
  try {
    await call();
    return undefined;
  } catch (error) {
    return error ?? new Error('unknown failure');
  }
}
