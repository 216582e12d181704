import { type CSSProperties, type DragEvent, useEffect, useState } from 'react';
import { text } from '../text.ts';
import { IconPhotoOff } from './icons.ts';
import { keepRecent } from './recentPictures.ts';

/** What is fetched first. */
export type PicturePriority = 'high' | 'low' | 'auto';

interface PictureProps {
  src: string;
  alt: string;
  className?: string;
  style?: CSSProperties;
  /** Lets the picture be dragged out of the window. */
  draggable?: boolean;
  /** Whether it is to be fetched before or after others. */
  priority?: PicturePriority;
  onPointerDown?(): void;
  onDragStart?(event: DragEvent): void;
}

/** Waits before a picture is asked for again, in milliseconds: the engine may just be starting. Then it stays failed. */
const AGAIN = [1_000, 3_000, 8_000];

/**
 * A picture that keeps its place while it loads, is asked for again a few times, and then says that it cannot be shown. Its parent
 * sets the size.
 */
export function Picture({
  src,
  alt,
  className = '',
  style,
  draggable = false,
  priority = 'auto',
  onPointerDown,
  onDragStart,
}: PictureProps) {
  const [known, setKnown] = useState({ src, is: 'loading', tries: 0 });
  const now = known.src === src ? known : { src, is: 'loading', tries: 0 };
  const wait = now.is === 'failed' ? AGAIN[now.tries] : undefined;
  useEffect(() => {
    if (wait === undefined) return;
    const timer = setTimeout(() => setKnown({ src, is: 'loading', tries: now.tries + 1 }), wait);
    return () => clearTimeout(timer);
  }, [wait, src, now.tries]);
  if (now.is === 'failed')
    return (
      <span
        className={`nhr-picture nhr-picture-failed ${className}`}
        style={style}
        role="img"
        aria-label={alt === '' ? text.review.noPicture : `${alt}. ${text.review.noPicture}`}
      >
        <IconPhotoOff aria-hidden size={22} stroke={1.5} />
      </span>
    );
  return (
    <img
      key={now.tries}
      className={`nhr-picture ${className}`}
      style={style}
      src={src}
      alt={alt}
      data-state={now.is}
      decoding="async"
      fetchPriority={priority}
      draggable={draggable}
      onPointerDown={onPointerDown}
      onDragStart={onDragStart}
      onLoad={({ currentTarget }) => {
        keepRecent(currentTarget);
        setKnown({ ...now, is: 'loaded' });
      }}
      onError={() => setKnown({ ...now, is: 'failed' })}
    />
  );
}
