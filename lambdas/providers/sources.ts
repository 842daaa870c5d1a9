/** The sources of a deployment, each with only the client that it needs. */
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Deployment, MetricProvider } from '../../core/model/index.ts';
import { CLIENT_OPTIONS, systemClock } from '../aws/calls/index.ts';
import { askedSource } from './asked-source.ts';
import { httpCaller, lambdaCaller, type ProviderCall } from './callers.ts';
import { datadogSource } from './datadog.ts';
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
    case 'lambda':
      return askedSource(ingressId, callerOf(provider));
  }
}

/** Providers that answer any request, not only queries. */
export function providerCallers({ metricProviders = {} }: Deployment): Record<string, ProviderCall> {
  const callers = Object.entries(metricProviders).flatMap(([name, provider]) =>
    provider.type === 'http' || provider.type === 'lambda' ? [[name, callerOf(provider)] as const] : [],
  );
  return Object.fromEntries(callers);
}

function callerOf(provider: Extract<MetricProvider, { type: 'http' | 'lambda' }>): ProviderCall {
  if (provider.type === 'http') return httpCaller(provider, credentialsOf(provider.secretArn));
  // The deployment may allow more time for it than for AWS's own services.
  const requestHandler = { ...CLIENT_OPTIONS.requestHandler, requestTimeout: provider.timeoutSeconds * 1000 + 500 };
  return lambdaCaller(new LambdaClient({ maxAttempts: 1, requestHandler }), provider);
}

function credentialsOf(secretArn: string | undefined) {
  if (secretArn === undefined) return noCredentials;
  return secretOf(new SecretsManagerClient(CLIENT_OPTIONS), secretArn, () => systemClock.now());
}
