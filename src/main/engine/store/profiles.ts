import { EndpointProfile } from '../../../shared/model/provider.ts';
import type { ProfileStore } from '../ports.ts';
import type { StoreContext } from './context.ts';

/** The endpoint profiles of a workspace. They hold references to keys, never keys. */
export function createProfileStore({ db, writer, now }: StoreContext): ProfileStore {
  const all = db.prepare('SELECT profile FROM endpoint_profile ORDER BY id').pluck();
  const put = db.prepare(
    'INSERT INTO endpoint_profile VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET profile = excluded.profile, updated_at = excluded.updated_at',
  );
  const remove = db.prepare('DELETE FROM endpoint_profile WHERE id = ?');
  return {
    list: () => (all.all() as string[]).map((text) => EndpointProfile.parse(JSON.parse(text))),
    save: (profile) => writer.write(() => void put.run(profile.id, JSON.stringify(profile), now()), true),
    remove: (id) => writer.write(() => remove.run(id).changes === 1, true),
  };
}
