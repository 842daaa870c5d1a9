/** Failures of calls that must not prevent the rest of a rollback. */

/** The reason with which a call rejected; undefined if it succeeded. */
export async function rejectionOf(call: () => Promise<void>): Promise<unknown> {
  try {
    await call();
    return undefined;
  } catch (error) {
    return error ?? new Error('unknown failure');
  }
}
