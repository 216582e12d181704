import { Button } from '@mantine/core';
import type { NamedPicture } from '../../../shared/host.ts';
import { type ScreenAction, useActions } from '../../app/actions.ts';
import { THUMB } from '../../app/blobUrl.ts';
import { useDragOut, useSavePicture } from '../../app/pictureOut.ts';
import { useStudio } from '../../app/studio.tsx';
import { text } from '../../text.ts';
import { Picture } from '../../ui/Picture.tsx';
import { picturesOf } from './pictureNames.ts';

interface PicturesOutProps {
  id: number;
  instruction: string;
  sourceHash: string;
  /** What is shown as the edit: the pair's own, or another candidate. */
  editedHash: string;
}

/** Both stored pictures of what is compared: to drag to the desktop or another window, and to save as copies. */
export function PicturesOut(props: PicturesOutProps) {
  const { blobUrl } = useStudio();
  const dragOut = useDragOut();
  const save = useSavePicture();
  const { source, edited } = picturesOf(props);
  const sides: [name: string, picture: NamedPicture][] = [
    [text.review.source, source],
    [text.review.edited, edited],
  ];
  useActions(
    sides.map(
      ([name, picture]): ScreenAction => ({
        id: `save-${name}`,
        name: `${text.palette.savePicture} ${name}`,
        run: () => save(picture),
      }),
    ),
  );
  return (
    <section aria-label={text.reviewing.pictures}>
      <h3>{text.reviewing.pictures}</h3>
      <p className="nhr-quiet">{text.reviewing.picturesAbout}</p>
      <ul className="nhr-pictures-out">
        {sides.map(([name, picture]) => (
          <li key={name}>
            <Picture src={blobUrl(picture.hash, THUMB.strip)} alt={name} {...dragOut(picture)} />
            <Button size="compact-xs" variant="default" aria-label={text.reviewing.saveCopyOf(name)} onClick={() => save(picture)}>
              {text.reviewing.saveCopy}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
