/** The to-do list of a comparison: one row for each root cause, by harm and traffic. */
import { CATALOGUE } from '../../../parity/causes/index.ts';
import { type RootPlace, type RootSample, rootsOf } from '../../../parity/roots/index.ts';
import type { Summary } from '../../../parity/tally/index.ts';
import { compared, type TodoItem } from '../../../report/index.ts';
import { type Bases, type CurlArguments, curlLines, curlOf } from './curl.ts';

/** Commands are generated for the first ones; after fixing these, a reader runs the comparison again. */
const MOST_CURLS = 200;
const CURL_WIDTH = 100;

/** @param bases null if the sides' addresses are unknown */
export function todoOf(summary: Summary, bases: Bases | null): TodoItem[] {
  return rootsOf(summary.roots).map((root, i): TodoItem => {
    const places = [...root.places.values()].sort(
      (a, b) => b.pairs - a.pairs || (a.route + a.place < b.route + b.place ? -1 : 1),
    );
    const isShown = (of: RootPlace) => root.first.some((s) => s.route === of.route && s.general === of.place);
    const routes = [...new Set(places.map(({ route }) => route))];
    const [first] = root.first;
    return {
      severity: root.severity,
      cause: root.cause,
      title: CATALOGUE[root.cause].title,
      subject: routes.length === 1 && root.subject.startsWith(`${routes[0]} `) ? '' : root.subject,
      known: root.known,
      advice: first?.advice ?? CATALOGUE[root.cause].advice,
      captures: root.pairs,
      of: routes.reduce((sum, route) => sum + comparedOn(summary, route), 0),
      differences: root.differences,
      routes,
      places: places.map(named),
      further: places.filter((place) => !isShown(place)).map(named),
      samples: root.first.map(({ at, requestId, route, request, place, stable, candidate }) => ({
        ...{ at, requestId, route, place, stable, candidate },
        target: request.target,
      })),
      curl: i < MOST_CURLS && first !== undefined ? commandsOf(first, bases) : null,
    };
  });
}

/** For example `1 more place` or `5 more places`. */
export function morePlaces(count: number): string {
  return `${count} more ${count === 1 ? 'place' : 'places'}`;
}

function named({ route, place }: RootPlace): TodoItem['places'][number] {
  return { route, place };
}

function commandsOf(sample: RootSample, bases: Bases | null): TodoItem['curl'] {
  const { stable, candidate }: CurlArguments = curlOf(sample, bases);
  return { stable: curlLines(stable, CURL_WIDTH).join('\n'), candidate: curlLines(candidate, CURL_WIDTH).join('\n') };
}

function comparedOn({ routes }: Summary, route: string): number {
  const found = routes.get(route);
  return found === undefined ? 0 : compared(found.verdicts);
}
