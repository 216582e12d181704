import { createContext, useContext } from 'react';
import type { RecipeCheck } from '../../../shared/contract/runs.ts';
import { type Path, valueAt } from './recipeDraft.ts';

/** What every field of the form needs: the values, the way to change one, and what is wrong with it. */
export interface RecipeForm {
  draft: Record<string, unknown>;
  issues: RecipeCheck['issues'];
  set(path: Path, value: unknown): void;
}

const FormContext = createContext<RecipeForm | null>(null);
export const RecipeFormProvider = FormContext.Provider;

/** The form above. */
export function useRecipeForm(): RecipeForm {
  const form = useContext(FormContext);
  if (!form) throw new Error('useRecipeForm needs a RecipeFormProvider above it');
  return form;
}

/** One field: its value as it is written, its setter, and the message of what is wrong with it or something in it. */
export function useField(path: Path) {
  const { draft, issues, set } = useRecipeForm();
  const name = path.join('.');
  const issue = issues.find((one) => one.path === name || one.path.startsWith(`${name}.`));
  return { value: valueAt(draft, path), set: (value: unknown) => set(path, value), error: issue?.message };
}
