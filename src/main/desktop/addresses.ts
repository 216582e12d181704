import { BLOB_NAME, pagePath, thumbnailWidth } from '../../shared/pagePolicy.ts';

/** The page's own origin on the desktop. */
export const PAGE_ORIGIN = 'nhr-app://studio';

/** The page file an address names, relative to the page's folder; undefined for another host or a path that could leave it. */
export function pageAsked(address: string): string | undefined {
  const url = new URL(address);
  return url.host === 'studio' ? pagePath(url.pathname) : undefined;
}

/** The picture a blob address names, as `nhr-blob://<sha256>?w=256` or `nhr-blob://blob/<sha256>?w=256`; undefined for anything else. */
export function blobAsked(address: string): { hash: string; width: number | undefined } | undefined {
  const url = new URL(address);
  const path = url.pathname.replace(/^\//, '');
  const hash = path === '' ? url.hostname : url.hostname === 'blob' ? path : '';
  const width = thumbnailWidth(url.searchParams);
  return BLOB_NAME.test(hash) && width !== null ? { hash, width } : undefined;
}

/** Scheme and host of an address, '' for none; Node gives custom schemes no `origin` of their own. */
export function originOf(address: string): string {
  try {
    const { protocol, host } = new URL(address);
    return `${protocol}//${host}`;
  } catch {
    return '';
  }
}
