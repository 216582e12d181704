/** Address of a stored picture; with a width, of its thumbnail. */
export type BlobUrl = (hash: string, width?: number) => string;

/** Widths that screens ask for, few so that thumbnails are made once. */
export const THUMB = { card: 320, strip: 256 } as const;

/** Desktop: the picture comes through the app's own scheme. */
export const desktopBlobUrl: BlobUrl = (hash, width) => `nhr-blob://${hash}${query(width)}`;

/** Browser: the same picture from the host that served the page. */
export const webBlobUrl: BlobUrl = (hash, width) => `/blob/${hash}${query(width)}`;

function query(width: number | undefined): string {
  return width === undefined ? '' : `?w=${width}`;
}
