import { Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Role } from '../../../shared/model/provider.ts';
import { useStudio } from '../../app/studio.tsx';
import { text } from '../../text.ts';
import { useRecipeForm } from './formContext.ts';
import { valueAt } from './recipeDraft.ts';

const t = text.figures.form;

/** Which endpoint and model play each role: endpoints of the recipe, or profiles of the workspace, which are then named in it. */
export function ModelFields() {
  return Role.options.map((role) => <RoleRow key={role} role={role} />);
}

function RoleRow({ role }: { role: Role }) {
  const { engine } = useStudio();
  const { draft, issues, set } = useRecipeForm();
  const profiles = useQuery(engine.endpoints.list.queryOptions());
  const endpoints = Array.isArray(draft.endpoints) ? draft.endpoints : [];
  const inRecipe = endpoints.flatMap((entry) => idOf(entry) ?? []);
  const others = (profiles.data ?? []).map(({ id }) => id).filter((id) => !inRecipe.includes(id));
  const binding = valueAt(draft, ['roles', role]);
  const endpoint = valueAt(binding, ['endpoint']);
  const model = valueAt(binding, ['model']);
  const issue = issues.find(({ path }) => path === `roles.${role}` || path.startsWith(`roles.${role}.`));
  const proposed = profiles.data?.find(({ id }) => id === endpoint)?.roles[role]?.model;
  const name = text.figures.role[role];
  const choose = (id: string | null) => {
    if (id === null) return set(['roles', role], undefined);
    // A profile is named in the recipe once; what it proposes for the role holds until a model is written.
    if (!inRecipe.includes(id)) set(['endpoints'], [...endpoints, id]);
    set(['roles', role, 'endpoint'], id);
  };
  return (
    <>
      <Select
        label={t.endpoint(name)}
        data={[
          { group: t.inRecipe, items: inRecipe },
          { group: t.profiles, items: others },
        ]}
        value={typeof endpoint === 'string' ? endpoint : null}
        placeholder={t.off}
        clearable
        clearButtonProps={{ 'aria-label': t.off }}
        error={issue?.message}
        onChange={choose}
      />
      <TextInput
        label={t.model(name)}
        value={typeof model === 'string' ? model : ''}
        placeholder={proposed ?? t.profileModel}
        disabled={typeof endpoint !== 'string'}
        onChange={(event) => set(['roles', role, 'model'], event.currentTarget.value === '' ? undefined : event.currentTarget.value)}
      />
    </>
  );
}

/** An entry is a profile's name, or an endpoint of its own, or a profile with changes. */
function idOf(entry: unknown): string | undefined {
  if (typeof entry === 'string') return entry;
  const id = valueAt(entry, ['id']) ?? valueAt(entry, ['profile']);
  return typeof id === 'string' ? id : undefined;
}
