import { Checkbox, NumberInput, Select, TagsInput, TextInput } from '@mantine/core';
import { useField } from './formContext.ts';
import type { Path } from './recipeDraft.ts';

interface FieldProps {
  path: Path;
  label: string;
  /** What holds while the field is not written. */
  fallback?: unknown;
}

export function TextField({ path, label, fallback }: FieldProps) {
  const { value, set, error } = useField(path);
  return (
    <TextInput
      label={label}
      value={typeof value === 'string' ? value : ''}
      placeholder={typeof fallback === 'string' ? fallback : undefined}
      error={error}
      onChange={(event) => set(event.currentTarget.value === '' ? undefined : event.currentTarget.value)}
    />
  );
}

interface NumberFieldProps extends FieldProps {
  min?: number | undefined;
  max?: number | undefined;
  whole?: boolean;
}

/** Empty = not written: then the default holds, which is shown pale. */
export function NumberField({ path, label, fallback, min, max, whole = true }: NumberFieldProps) {
  const { value, set, error } = useField(path);
  return (
    <NumberInput
      label={label}
      value={typeof value === 'number' ? value : ''}
      placeholder={fallback === undefined || fallback === null ? undefined : String(fallback)}
      error={error}
      allowDecimal={!whole}
      {...(min !== undefined && { min })}
      {...(max !== undefined && { max })}
      clampBehavior="none"
      hideControls
      onChange={(next) => set(next === '' ? undefined : Number(next))}
    />
  );
}

export function ChoiceField({ path, label, fallback, choices }: FieldProps & { choices: { value: string; label: string }[] }) {
  const { value, set, error } = useField(path);
  return (
    <Select
      label={label}
      data={choices}
      value={typeof value === 'string' ? value : typeof fallback === 'string' ? fallback : null}
      error={error}
      allowDeselect={false}
      onChange={(next) => next !== null && set(next)}
    />
  );
}

export function YesField({ path, label, fallback }: FieldProps) {
  const { value, set, error } = useField(path);
  return (
    <Checkbox
      label={label}
      checked={typeof value === 'boolean' ? value : fallback === true}
      error={error}
      onChange={(event) => set(event.currentTarget.checked)}
    />
  );
}

export function TagsField({ path, label, fallback, choices = [], about }: FieldProps & { choices?: readonly string[]; about?: string }) {
  const { value, set, error } = useField(path);
  const list = Array.isArray(value) ? value.map(String) : Array.isArray(fallback) ? fallback.map(String) : [];
  return (
    <TagsInput
      label={label}
      {...(about && { description: about })}
      data={[...choices]}
      value={list}
      error={error}
      onChange={(next) => set(next.length === 0 ? undefined : next)}
    />
  );
}
