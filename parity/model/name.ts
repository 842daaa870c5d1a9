/** One spelling of names that differ in case or separators only: `userId`, `UserID`, `user_id`. */
export function foldedName(name: string): string {
  return name.replaceAll(/[_\- ]/g, '').toLowerCase();
}

/** Its words in lower case: of `userId`, `user_id` and `user.id` two. */
export function wordsOf(name: string): string[] {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== '');
}
