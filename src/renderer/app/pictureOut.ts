import type { DragEvent } from 'react';
import type { NamedPicture } from '../../shared/host.ts';
import { useStudio } from './studio.tsx';

/** File endings by media type; a stored picture keeps the format it came in. */
const ENDINGS: Record<string, string> = { 'image/png': '.png', 'image/jpeg': '.jpg', 'image/webp': '.webp', 'image/avif': '.avif' };

/** What became known of pictures when they were pressed, by hash. */
const typesSeen = new Map<string, string>();

/** A file name for a browser's download: what would be a folder there is no part of it. */
function fileName(name: string, type: string): string {
  const plain = name.replaceAll(/[\\/:*?"<>|\s]+/g, ' ').trim();
  return `${[...plain].slice(0, 80).join('') || 'picture'}${ENDINGS[type] ?? ''}`;
}

interface DragOut {
  draggable: true;
  onPointerDown(): void;
  onDragStart(event: DragEvent): void;
}

/**
 * Properties that let an image be dragged out of the window as a file: a copy of the stored picture on the desktop, a download in
 * Chromium browsers. The bytes are the stored ones, whatever small copy is shown.
 */
export function useDragOut(): (picture: NamedPicture) => DragOut {
  const { desktop, blobUrl } = useStudio();
  return (picture) => ({
    draggable: true,
    onPointerDown() {
      // A drag must be told its type in the moment it begins: asked for at the press before it.
      if (!desktop && !typesSeen.has(picture.hash)) void typeOf(blobUrl(picture.hash), picture.hash);
    },
    onDragStart(event) {
      if (desktop) {
        // The desktop's own drag takes the place of the page's.
        event.preventDefault();
        desktop.dragPicture(picture);
        return;
      }
      const address = new URL(blobUrl(picture.hash), document.baseURI).href;
      const type = typesSeen.get(picture.hash) ?? 'application/octet-stream';
      event.dataTransfer.effectAllowed = 'copy';
      event.dataTransfer.setData('DownloadURL', `${type}:${fileName(picture.name, type)}:${address}`);
      event.dataTransfer.setData('text/uri-list', address);
    },
  });
}

async function typeOf(address: string, hash: string): Promise<string> {
  const type = await fetch(address, { method: 'HEAD' }).then(
    (reply) => reply.headers.get('content-type') ?? '',
    () => '',
  );
  if (type !== '') typesSeen.set(hash, type);
  return type;
}

/** Saves a stored picture: by the desktop's dialog, or as a download. */
export function useSavePicture(): (picture: NamedPicture) => void {
  const { desktop, blobUrl } = useStudio();
  return (picture) => {
    if (desktop) return void desktop.savePicture(picture);
    const address = blobUrl(picture.hash);
    void typeOf(address, picture.hash).then((type) => {
      const link = document.createElement('a');
      link.href = address;
      link.download = fileName(picture.name, type);
      link.click();
    });
  };
}
