declare module 'dynalite/db/index.js' {
  import type { AttributeValue } from '@aws-sdk/client-dynamodb';
  /** An error where the parsed condition does not hold. */
  export function checkConditional(request: object, item: object | undefined): Error | null | undefined;
  export function mapPath(path: readonly (string | number)[], item: object): AttributeValue | undefined;
}

declare module 'dynalite/validations/updateItem.js' {
  /** Parses the request's expressions into it; a sentence where they are not valid. */
  export function custom(request: object, store: object): string | undefined;
}

declare module 'dynalite/validations/putItem.js' {
  export function custom(request: object, store: object): string | undefined;
}
