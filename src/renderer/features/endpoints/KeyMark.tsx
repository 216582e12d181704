import { text } from '../../text.ts';
import { IconAlertTriangle, IconCheck } from '../../ui/icons.ts';
import { useKeyState } from './useEndpoints.ts';

/** Whether the key of a profile is found, in one word; what to do about it on pointing. */
export function KeyMark({ reference }: { reference: string }) {
  const state = useKeyState(reference, reference !== '');
  if (reference === '') return <span className="nhr-quiet">{text.endpoints.keyShort.none}</span>;
  const found = state.data?.found;
  return (
    <span className="nhr-key-mark" title={state.data?.message}>
      {found !== undefined && (
        <span className="nhr-state" data-tone={found ? 'good' : 'warn'}>
          {found ? <IconCheck aria-hidden size={15} /> : <IconAlertTriangle aria-hidden size={15} />}
          {found ? text.endpoints.keyShort.found : text.endpoints.keyShort.missing}
        </span>
      )}
      <code>{reference}</code>
    </span>
  );
}
