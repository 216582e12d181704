import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Who may talk to the host: the names it answers to and the secret of its page. */
export interface Door {
  /** Values of the Host header, lower case, with port. */
  hosts: ReadonlySet<string>;
  /** Values of the Origin header. */
  origins: ReadonlySet<string>;
  token: string;
  cookieName: string;
}

/** What a door says to a request before anything of it is read. */
export type Verdict = 'welcome' | 'stranger' | 'wrongHost' | 'wrongOrigin';

/**
 * The door of a host on a port: it answers to loopback names, to the address it listens on and to its public origin. Any
 * other Host header means that a foreign name was pointed at this machine (DNS rebinding).
 */
export function createDoor(options: { host: string; port: number; token: string; publicOrigin?: string | undefined }): Door {
  const named = options.host.includes(':') ? `[${options.host}]` : options.host;
  const hosts = new Set([named, '127.0.0.1', 'localhost', '[::1]'].map((name) => `${name}:${options.port}`.toLowerCase()));
  const origins = new Set([...hosts].map((host) => `http://${host}`));
  if (options.publicOrigin) {
    const { origin, host } = new URL(options.publicOrigin);
    origins.add(origin);
    hosts.add(host);
  }
  // Cookies are shared by all ports of a name, so two hosts on one machine need two names.
  return { hosts, origins, token: options.token, cookieName: `nhr_${options.port}` };
}

/** Judges Host, Origin and then the secret. A socket must name its origin; a plain request may come without one. */
export function judge(door: Door, request: IncomingMessage, kind: 'request' | 'socket'): Verdict {
  if (!door.hosts.has((request.headers.host ?? '').toLowerCase())) return 'wrongHost';
  const { origin } = request.headers;
  if (origin === undefined ? kind === 'socket' : !door.origins.has(origin)) return 'wrongOrigin';
  const given = cookieOf(request, door.cookieName) ?? tokenOf(request);
  return given !== undefined && sameSecret(given, door.token) ? 'welcome' : 'stranger';
}

/** The token in the address, or undefined. */
export function tokenOf(request: IncomingMessage): string | undefined {
  return addressOf(request).searchParams.get('token') ?? undefined;
}

/** The requested address; its host part is a placeholder. An address that cannot be read becomes the bare root with no path. */
export function addressOf(request: IncomingMessage): URL {
  // `//name/x` would be read as another host.
  const url = (request.url ?? '/').replace(/^\/{2,}/, '/');
  return URL.canParse(url, 'http://host') ? new URL(url, 'http://host') : new URL('http://host/%00');
}

/** Compares in a time that does not depend on where two secrets differ. */
function sameSecret(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

function cookieOf(request: IncomingMessage, name: string): string | undefined {
  for (const part of (request.headers.cookie ?? '').split(';')) {
    const [key, ...value] = part.trim().split('=');
    if (key === name) return value.join('=');
  }
  return undefined;
}
