import { type CSSProperties, useState } from 'react';
import { text } from '../text.ts';
import { IconPhotoOff } from './icons.ts';

interface PictureProps {
  src: string;
  alt: string;
  className?: string;
  style?: CSSProperties;
}

/** A picture that keeps its place while it loads and says so when it cannot be shown. Its parent sets the size. */
export function Picture({ src, alt, className = '', style }: PictureProps) {
  const [state, setState] = useState<{ src: string; is: 'loaded' | 'failed' } | null>(null);
  const now = state?.src === src ? state.is : 'loading';
  if (now === 'failed')
    return (
      <span
        className={`nhr-picture nhr-picture-failed ${className}`}
        style={style}
        role="img"
        aria-label={`${alt}. ${text.review.noPicture}`}
      >
        <IconPhotoOff aria-hidden size={22} stroke={1.5} />
      </span>
    );
  return (
    <img
      className={`nhr-picture ${className}`}
      style={style}
      src={src}
      alt={alt}
      data-state={now}
      decoding="async"
      draggable={false}
      onLoad={() => setState({ src, is: 'loaded' })}
      onError={() => setState({ src, is: 'failed' })}
    />
  );
}
