import { type CSSProperties, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { text } from '../../text.ts';
import type { Size } from './camera.ts';
import type { ShownPicture } from './pictureMessages.ts';
import { loadPicture, takeReady } from './pictures.ts';

/** Waits before a picture is asked for again, in milliseconds: the engine may just be starting. Then it stays failed. */
const AGAIN = [1_000, 3_000, 8_000];

interface LayerProps {
  src: string;
  /** A small copy that is shown until the picture is decoded. */
  thumb: string | undefined;
  name: string;
  /** The size that is known before the picture is there, so that nothing jumps when it comes. */
  expected: Size;
  /** Called once the picture is decoded and drawn; with null when another one is on its way. */
  onShown(picture: (Size & { src: string }) | null): void;
}

/** One picture. The stage moves it by its transform; it is drawn once, when it comes. */
export function Layer({ src, thumb, name, expected, onShown }: LayerProps) {
  const [known, setKnown] = useState<{ src: string; picture: ShownPicture | null; tries: number; failed: boolean }>();
  const now = known?.src === src ? known : undefined;
  const told = useRef(onShown);
  told.current = onShown;
  const tries = now?.tries ?? 0;

  // Decoded ahead: the picture is on screen in the frame that asks for it.
  useLayoutEffect(() => {
    const picture = takeReady(src);
    if (picture) setKnown({ src, picture, tries: 0, failed: false });
  }, [src]);
  const there = now?.picture !== undefined && now?.picture !== null;
  useEffect(() => {
    if (there) return;
    let left = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    loadPicture(src).then(
      (picture) => !left && setKnown({ src, picture, tries, failed: false }),
      () => {
        if (left) return;
        const wait = AGAIN[tries];
        if (wait === undefined) return setKnown({ src, picture: null, tries, failed: true });
        timer = setTimeout(() => setKnown({ src, picture: null, tries: tries + 1, failed: false }), wait);
      },
    );
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [src, tries, there]);

  const picture = now?.picture ?? null;
  useLayoutEffect(() => {
    told.current(picture ? { src, width: picture.width, height: picture.height } : null);
  }, [picture, src]);

  if (now?.failed)
    return (
      <span className="nhr-layer-failed" role="alert">
        {name}: {text.review.noPicture}
      </span>
    );
  const { width, height } = picture ?? expected;
  const style: CSSProperties = { width, height };
  return (
    <div className="nhr-layer" data-layer data-alpha={picture?.transparent || undefined} style={style} role="img" aria-label={name}>
      {!picture && thumb && <img src={thumb} alt="" draggable={false} />}
      {picture && <Levels key={src} levels={picture.levels} />}
    </div>
  );
}

/** The same picture in its own and in smaller sizes; the stage shows the one that fits the scale. */
export function Levels({ levels }: { levels: readonly ImageBitmap[] }) {
  // biome-ignore lint/suspicious/noArrayIndexKey: a level is its place in the list
  return levels.map((bitmap, i) => <Level key={i} bitmap={bitmap} level={i} />);
}

function Level({ bitmap, level }: { bitmap: ImageBitmap; level: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  // Handing the bitmap over empties it, so its size is read before.
  const [{ width, height }] = useState({ width: bitmap.width, height: bitmap.height });
  useLayoutEffect(() => {
    if (bitmap.width > 0) canvas.current?.getContext('bitmaprenderer')?.transferFromImageBitmap(bitmap);
  }, [bitmap]);
  return <canvas ref={canvas} data-level={level} width={width} height={height} />;
}
