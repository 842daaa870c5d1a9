/** Converts YAML to JSON. */
export { jsonOfYaml, type YamlVersion } from './json-of-yaml.ts';
