/** The sources of a deployment, each with the client that it needs and no other. */
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Deployment, MetricProvider } from '../../core/model/index.ts';
import { CLIENT_OPTIONS, systemClock } from '../aws/calls/index.ts';
import { datadogSource } from './datadog.ts';
import { httpSource } from './http-provider.ts';
import { lambdaSource } from './lambda-provider.ts';
import { prometheusSource } from './prometheus.ts';
import { noCredentials, secretOf } from './secrets.ts';
import type { PointSource } from './source.ts';

export function providerSources({ ingressId, metricProviders = {} }: Deployment): Record<string, PointSource> {
  const sources = Object.entries(metricProviders).map(([name, provider]) => [name, sourceOf(ingressId, provider)]);
  return Object.fromEntries(sources);
}

function sourceOf(ingressId: Deployment['ingressId'], provider: MetricProvider): PointSource {
  switch (provider.type) {
    case 'prometheus':
      return prometheusSource(provider, credentialsOf(provider.secretArn));
    case 'datadog':
      return datadogSource(provider, credentialsOf(provider.secretArn));
    case 'http':
      return httpSource(ingressId, provider, credentialsOf(provider.secretArn));
    case 'lambda':
      return lambdaSource(new LambdaClient({ ...CLIENT_OPTIONS, maxAttempts: 1 }), ingressId, provider);
  }
}

function credentialsOf(secretArn: string | undefined) {
  if (secretArn === undefined) return noCredentials;
  return secretOf(new SecretsManagerClient(CLIENT_OPTIONS), secretArn, () => systemClock.now());
}
