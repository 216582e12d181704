import { GradioApp } from '../../../../shared/model/gradio.ts';
import type { Endpoint } from '../../../../shared/model/provider.ts';
import type { TransportDeps } from '../index.ts';
import { readApp } from './describe.ts';
import { planInputs } from './mapping.ts';
import { createWire } from './wire.ts';

/**
 * What a Gradio app offers: functions with their parameters, ranges, defaults and what fills them by their names, for a form. Pays for
 * nothing. Rejects with ProviderError: notFound when there is no Gradio app, auth when it wants a login or another key.
 */
export async function describeGradio(endpoint: Endpoint, deps: TransportDeps, signal: AbortSignal): Promise<GradioApp> {
  const app = await readApp(createWire(endpoint, deps), signal);
  const functions = app.functions.map((fn) => {
    const byName = [...planInputs(fn, {}, {})].filter(([, filled]) => filled !== undefined);
    return { ...fn, byName: Object.fromEntries(byName) };
  });
  return GradioApp.parse({ ...app, functions });
}
