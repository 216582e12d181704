import type { TripletDetail, TripletView } from '../../shared/model/triplet.ts';
import { text } from '../text.ts';
import { formatRoute } from './route.ts';

/** The ways from a triplet into the edit room: a new session from either picture, and the session it was kept from. */
export function EditLinks({ triplet, detail }: { triplet: Pick<TripletView, 'id'>; detail: Pick<TripletDetail, 'edit'> | undefined }) {
  const t = text.edit;
  const from = (side: 'source' | 'edited') => formatRoute({ screen: 'editTriplet', tripletId: triplet.id, side });
  return (
    <p className="nhr-edit-links">
      <a className="nhr-link" href={from('edited')}>
        {t.editThis}
      </a>
      <a className="nhr-link" href={from('source')}>
        {t.editSource}
      </a>
      {detail?.edit && (
        <a className="nhr-link" href={formatRoute({ screen: 'edit', sessionId: detail.edit.sessionId })}>
          {t.itsSession}
        </a>
      )}
    </p>
  );
}
