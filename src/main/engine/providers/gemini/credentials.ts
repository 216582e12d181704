import { sign } from 'node:crypto';
import { z } from 'zod';
import { ProviderError } from '../../../../shared/model/errors.ts';
import type { Endpoint } from '../../../../shared/model/provider.ts';
import { networkError, shortRaw } from '../http.ts';
import type { TransportDeps } from '../index.ts';

/** The head that proves who asks. */
export interface Credentials {
  /** Rejects with ProviderError auth that says what the endpoint's key may hold. */
  headers(signal: AbortSignal): Promise<Record<string, string>>;
  /** After a 401: true when fresh credentials can be had, so that asking once more makes sense. */
  renew(): boolean;
}

/** The parts of a service account's key file that are used. */
const ServiceAccount = z.object({
  type: z.literal('service_account'),
  client_email: z.string(),
  private_key: z.string(),
  private_key_id: z.string().default(''),
  token_uri: z.url().default('https://oauth2.googleapis.com/token'),
});
type ServiceAccount = z.infer<typeof ServiceAccount>;

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
const TOKEN_SECONDS = 3600;
/** A token is not used in its last minute: the request may be under way when it ends. */
const SPARE_MS = 60_000;

/**
 * AI Studio: the endpoint's key is an API key. Vertex AI: it is the text of a service account's JSON file (key: file:/path/to/it.json)
 * or an access token (`gcloud auth print-access-token`, good for an hour). Google's default credentials of the machine are never
 * looked for: whose money is spent stands in the profile.
 */
export function createCredentials(endpoint: Endpoint, deps: TransportDeps): Credentials {
  let token: { value: string; until: number } | undefined;

  async function exchange(account: ServiceAccount, signal: AbortSignal): Promise<string> {
    const now = deps.clock.now();
    if (token && token.until > now) return token.value;
    const assertion = signedClaims(account, Math.floor(now / 1000), endpoint.id);
    const form = new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion });
    let reply: Response;
    try {
      reply = await deps.http.fetch(account.token_uri, { method: 'POST', body: form, signal, redirect: 'manual' });
    } catch (error) {
      throw signal.aborted ? new ProviderError('aborted', 'The call was stopped.') : networkError(error, account.token_uri);
    }
    const text = await reply.text();
    const granted = z.object({ access_token: z.string(), expires_in: z.number() }).safeParse(jsonOr(text));
    if (!granted.success)
      throw new ProviderError(
        reply.status >= 500 ? 'overloaded' : 'auth',
        `${endpoint.id}: ${account.token_uri} gives no token to ${account.client_email} (status ${reply.status}).`,
        { raw: shortRaw(reply.ok ? '' : text), unsent: true },
      );
    token = { value: granted.data.access_token, until: now + granted.data.expires_in * 1000 - SPARE_MS };
    return token.value;
  }

  return {
    async headers(signal): Promise<Record<string, string>> {
      const key = await deps.key(endpoint.key);
      if (key === '')
        throw new ProviderError(
          'auth',
          `${endpoint.id} has no key. ${endpoint.vertex ? 'Vertex AI wants the JSON file of a service account, or an access token' : 'AI Studio wants an API key'}.`,
        );
      if (!endpoint.vertex) return { 'x-goog-api-key': key };
      const value = key.trimStart().startsWith('{') ? await exchange(accountOf(key, endpoint), signal) : key;
      return { authorization: `Bearer ${value}` };
    },
    renew() {
      const had = token !== undefined;
      token = undefined;
      return had;
    },
  };
}

function accountOf(key: string, endpoint: Endpoint): ServiceAccount {
  const account = ServiceAccount.safeParse(jsonOr(key));
  if (account.success) return account.data;
  const fields = account.error.issues.map((issue) => issue.path.join('.')).join(', ');
  throw new ProviderError(
    'auth',
    `The key ${endpoint.key} of ${endpoint.id} is not the JSON file of a service account (wrong: ${fields}).`,
  );
}

/** A signed request for a token (RFC 7523, section 2.1). */
function signedClaims(account: ServiceAccount, nowSeconds: number, where: string): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const head = part({ alg: 'RS256', typ: 'JWT', kid: account.private_key_id });
  const times = { iat: nowSeconds, exp: nowSeconds + TOKEN_SECONDS };
  const claims = `${head}.${part({ iss: account.client_email, scope: SCOPE, aud: account.token_uri, ...times })}`;
  try {
    return `${claims}.${sign('RSA-SHA256', Buffer.from(claims), account.private_key).toString('base64url')}`;
  } catch {
    // The error's own text could show parts of the key.
    throw new ProviderError('auth', `The private key of ${account.client_email} (${where}) cannot be read.`);
  }
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
