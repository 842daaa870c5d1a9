import { userInfo } from 'node:os';
import { Option } from 'commander';

/** `--by`: the name that is kept with what somebody does. */
export function byOption(description: string): Option {
  return new Option('--by <name>', description).default(userInfo().username, 'your user name');
}
