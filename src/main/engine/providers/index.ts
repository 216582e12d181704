import type { GradioApp } from '../../../shared/model/gradio.ts';
import type { Endpoint, Transport } from '../../../shared/model/provider.ts';
import type { Clock, Provider } from '../ports.ts';
import { describeGradio } from './gradio/offer.ts';
import type { Http } from './http.ts';
import type { Pictures } from './pictures.ts';

/** What every transport is built from. */
export interface TransportDeps {
  http: Http;
  pictures: Pictures;
  clock: Clock;
  /** The secret a key reference stands for; '' for an empty reference. Rejects with ProviderError auth that names the reference. */
  key(ref: string): Promise<string>;
}

/** Makes the provider of one endpoint. */
export type TransportFactory = (endpoint: Endpoint, deps: TransportDeps) => Provider;

/** The providers of a process. */
export interface Providers {
  /** The provider of an endpoint as it is configured now. */
  of(endpoint: Endpoint): Provider;
  /** What the app of a gradio endpoint offers (see describeGradio). */
  describeGradio(endpoint: Endpoint, signal: AbortSignal): Promise<GradioApp>;
  close(): Promise<void>;
}

/** The providers of a process: one for each endpoint as it is configured, made when first asked for. */
export function createProviders(factories: Record<Transport, TransportFactory>, deps: TransportDeps): Providers {
  const made = new Map<string, Provider>();
  return {
    of(endpoint: Endpoint): Provider {
      const name = JSON.stringify(endpoint);
      let provider = made.get(name);
      if (!provider) {
        provider = factories[endpoint.transport](endpoint, deps);
        made.set(name, provider);
      }
      return provider;
    },
    describeGradio: (endpoint, signal) => describeGradio(endpoint, deps, signal),
    async close(): Promise<void> {
      await Promise.all([...made.values()].map((provider) => provider.close?.()));
      await deps.http.close();
    },
  };
}
