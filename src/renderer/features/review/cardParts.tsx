import { THUMB } from '../../app/blobUrl.ts';
import { useStudio } from '../../app/studio.tsx';
import { IconCircleCheck, IconCircleX } from '../../ui/icons.ts';
import { Picture, type PicturePriority } from '../../ui/Picture.tsx';

/** Source and edit side by side. */
export function Pair({ source, edited, priority }: { source: string; edited: string; priority: PicturePriority }) {
  const { blobUrl } = useStudio();
  return (
    <div className="nhr-pair">
      <Picture src={blobUrl(source, THUMB.card)} alt="" priority={priority} />
      <Picture src={blobUrl(edited, THUMB.card)} alt="" priority={priority} />
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
