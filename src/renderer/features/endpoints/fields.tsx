import { NativeSelect, NumberInput, Switch, TextInput } from '@mantine/core';
import { createContext, type ReactNode, useContext } from 'react';
import { type DraftIssue, fieldAt, type Path } from './draft.ts';

/** The profile that the fields below show and change. */
export interface FormValue {
  fields: Record<string, unknown>;
  issues: DraftIssue[];
  set(path: Path, value: unknown): void;
}

export const FormContext = createContext<FormValue | null>(null);

/** The form above. */
export function useForm(): FormValue {
  const form = useContext(FormContext);
  if (!form) throw new Error('useForm needs a FormContext above it');
  return form;
}

/** What is written at a path, how to change it, and what is wrong with it. */
export function useField(path: Path) {
  const { fields, issues, set } = useForm();
  const name = path.join('.');
  return {
    value: fieldAt(fields, path),
    set: (value: unknown) => set(path, value),
    error: issues.find((issue) => issue.path === name)?.message,
  };
}

interface FieldProps {
  path: Path;
  label: string;
  about?: ReactNode;
  placeholder?: string;
  disabled?: boolean;
}

/** A line of text. Empty takes the field out, so that its default holds. */
export function TextField({ path, label, about, placeholder, disabled }: FieldProps) {
  const { value, set, error } = useField(path);
  return (
    <TextInput
      label={label}
      description={about}
      placeholder={placeholder}
      disabled={disabled}
      value={shown(value)}
      error={error}
      spellCheck={false}
      onChange={(event) => set(event.currentTarget.value === '' ? undefined : event.currentTarget.value)}
    />
  );
}

/** A number. Empty takes the field out; its default stands there as a hint. Half-typed numbers are kept as they are. */
export function NumberField({ path, label, about, placeholder, step }: FieldProps & { step?: number }) {
  const { value, set, error } = useField(path);
  return (
    <NumberInput
      label={label}
      description={about}
      placeholder={placeholder}
      value={typeof value === 'number' ? value : shown(value)}
      error={error}
      step={step}
      thousandSeparator=","
      onChange={(next) => set(next === '' ? undefined : next)}
    />
  );
}

/** One of a few. What is not among them is shown as it stands. */
export function ChoiceField({
  path,
  label,
  about,
  options,
  fallback,
}: FieldProps & { options: readonly { value: string; label: string }[]; fallback: string }) {
  const { value, set, error } = useField(path);
  const now = value === undefined ? fallback : shown(value);
  const known = options.some((option) => option.value === now);
  return (
    <NativeSelect
      label={label}
      description={about}
      error={error}
      value={now}
      data={known ? [...options] : [{ value: now, label: now }, ...options]}
      onChange={(event) => set(event.currentTarget.value)}
    />
  );
}

/** On or off. */
export function SwitchField({ path, label, about }: FieldProps) {
  const { value, set } = useField(path);
  return (
    <Switch size="sm" label={label} description={about} checked={value === true} onChange={(event) => set(event.currentTarget.checked)} />
  );
}

/** Any value as the text of a field. */
export function shown(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
