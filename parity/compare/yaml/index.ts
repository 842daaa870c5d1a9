/** YAML, written as JSON. */
export { jsonOfYaml, type YamlVersion } from './json-of-yaml.ts';
