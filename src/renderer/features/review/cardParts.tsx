import { THUMB } from '../../app/blobUrl.ts';
import { useDragOut } from '../../app/pictureOut.ts';
import { useStudio } from '../../app/studio.tsx';
import { IconCircleCheck, IconCircleX } from '../../ui/icons.ts';
import { Picture, type PicturePriority } from '../../ui/Picture.tsx';
import { picturesOf } from './pictureNames.ts';

interface PairProps {
  of: Parameters<typeof picturesOf>[0];
  priority: PicturePriority;
}

/** Source and edit side by side; each can be dragged out of the window. */
export function Pair({ of, priority }: PairProps) {
  const { blobUrl } = useStudio();
  const dragOut = useDragOut();
  const { source, edited } = picturesOf(of);
  return (
    <div className="nhr-pair">
      <Picture src={blobUrl(source.hash, THUMB.card)} alt="" priority={priority} {...dragOut(source)} />
      <Picture src={blobUrl(edited.hash, THUMB.card)} alt="" priority={priority} {...dragOut(edited)} />
    </div>
  );
}

/** What a person decided, on the picture. */
export function Decided({ decision, label }: { decision: 'accept' | 'reject'; label: string }) {
  return (
    <span className="nhr-cell-decision" data-decision={decision} role="img" aria-label={label}>
      {decision === 'accept' ? <IconCircleCheck aria-hidden size={22} /> : <IconCircleX aria-hidden size={22} />}
    </span>
  );
}
