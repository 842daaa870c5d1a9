/** One spelling of names that differ in case or separators only: `userId`, `UserID`, `user_id`. */
export function foldedName(name: string): string {
  return name.replaceAll(/[_\- ]/g, '').toLowerCase();
}
