/** How a client of the local cloud is set up, but for its endpoint. */
import { REGION } from '../cloud/template/index.ts';

export const LOCAL_CLIENT = { region: REGION, credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
