/** One spelling for names that differ only in case or separators: `userId`, `UserID`, `user_id`. */
export function foldedName(name: string): string {
  return name.replaceAll(/[_\- ]/g, '').toLowerCase();
}

/** The words of a name, in lower case: `userId`, `user_id` and `user.id` each have two. */
export function wordsOf(name: string): string[] {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== '');
}
