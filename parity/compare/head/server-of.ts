/** Recognises a server by the fields in which servers name themselves. */
import type { ResponseLeg } from '../../../capture/format/index.ts';
import { firstValue } from '../../../http/index.ts';
import { isServer, type Server } from '../../causes/index.ts';

/** Proxies (nginx, envoy, awselb) are not listed, because they say nothing about the service behind them. */
const PRODUCTS: readonly (readonly [RegExp, Server])[] = [
  [/^next\.js/, 'node'],
  [/^php\b/, 'php'],
  [/^(?:asp\.net|kestrel|microsoft-iis|microsoft-httpapi)/, 'aspnet'],
  [/^(?:servlet|jsp)|coyote|tomcat|jetty|undertow|jboss|wildfly|glassfish|netty/, 'java'],
  [/^werkzeug/, 'flask'],
  [/^(?:gunicorn|uvicorn|hypercorn|waitress|daphne|tornadoserver|cherrypy|wsgiserver|simplehttp|basehttp)/, 'python'],
  [/^(?:puma|webrick|thin|unicorn)|passenger/, 'rails'],
  [/^fasthttp/, 'fiber'],
  [/^(?:actix|axum|rocket|hyper)/, 'rust'],
];

/** Returns null if the answer names none. */
export function serverOf({ headers }: ResponseLeg): Server | null {
  for (const field of ['x-powered-by', 'server']) {
    const said = firstValue(headers, field)?.toLowerCase() ?? '';
    const [product = ''] = said.split(/[/ (]/, 1);
    if (isServer(product)) return product;
    const known = PRODUCTS.find(([pattern]) => pattern.test(said));
    if (known !== undefined) return known[1];
  }
  return null;
}
