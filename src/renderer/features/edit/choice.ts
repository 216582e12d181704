import { useState } from 'react';
import { z } from 'zod';
import { BAGEL_PRESETS, BagelParams } from '../../../shared/model/bagel.ts';
import type { EditActor, EditActors } from '../../../shared/model/edit.ts';
import { Params } from '../../../shared/model/provider.ts';
import { text } from '../../text.ts';

/** Who edits, with what, and who scores, as the form has it. */
export const Choice = z.object({
  profile: z.string(),
  /** Null: as the profile says. */
  params: Params.nullable(),
  bagel: BagelParams.nullable(),
  softJudge: z.string().nullable(),
  validator: z.string().nullable(),
  checks: z.boolean(),
  variants: z.number().int().min(1).max(16),
});
export type Choice = z.infer<typeof Choice>;

const CHOICE_KEY = 'nhr-edit-choice';

/** A set of parameters under a name. */
const Preset = z.object({ name: z.string(), params: Params.nullable(), bagel: BagelParams.nullable() });
export type Preset = z.infer<typeof Preset>;

/** Ways to begin that come with the app, for editors with BAGEL's knobs. */
export const BUILT_IN: readonly Preset[] = Object.entries(BAGEL_PRESETS).map(([id, bagel]) => ({
  name: text.endpoints.bagelPresets[id as keyof typeof BAGEL_PRESETS],
  params: null,
  bagel,
}));

function readKept<T>(key: string, shape: z.ZodType<T>): T | null {
  try {
    return shape.parse(JSON.parse(window.localStorage.getItem(key) ?? 'null'));
  } catch {
    return null;
  }
}

/** Kept on this machine between sessions: a wish about the form, no part of the workspace. */
function useKept<T>(key: string, shape: z.ZodType<T>): [T | null, (value: T) => void] {
  const [value, setValue] = useState<T | null>(() => readKept(key, shape));
  const set = (next: T) => {
    setValue(next);
    window.localStorage.setItem(key, JSON.stringify(next));
  };
  return [value, set];
}

/** The last choice, as far as its people are still there; else the first editor, and judges that fit it. */
function usualChoice(actors: EditActors, kept: Choice | null): Choice | null {
  const [first] = actors.editors;
  if (!first) return null;
  if (kept && actors.editors.some(({ profile }) => profile === kept.profile)) {
    const there = (list: EditActor[], id: string | null) => (list.some(({ profile }) => profile === id) ? id : null);
    return { ...kept, softJudge: there(actors.softJudges, kept.softJudge), validator: there(actors.validators, kept.validator) };
  }
  return { profile: first.profile, params: null, bagel: null, ...judgesFor(actors, first), checks: true, variants: 4 };
}

/** Pretend judges know nothing of real pictures, so they are proposed for a pretend editor only. */
export function judgesFor(actors: EditActors, editor: EditActor): Pick<Choice, 'softJudge' | 'validator'> {
  const fits = (list: EditActor[]) => list.find(({ demo }) => demo === editor.demo)?.profile ?? null;
  return { softJudge: fits(actors.softJudges), validator: fits(actors.validators) };
}

/** Whether the editor of the form has BAGEL's knobs, and wants its sizes. */
export function wantsBagelSize(actors: EditActors): boolean {
  const choice = usualChoice(actors, readKept(CHOICE_KEY, Choice));
  return actors.editors.some(({ profile, bagel }) => profile === choice?.profile && bagel !== null);
}

/** The choice of the form, kept between sessions. */
export function useChoice(actors: EditActors | undefined): [Choice | null, (choice: Choice) => void] {
  const [kept, setKept] = useKept(CHOICE_KEY, Choice);
  return [actors ? usualChoice(actors, kept) : null, setKept];
}

/** Sets of parameters that a person has named. */
export function usePresets(): [Preset[], (presets: Preset[]) => void] {
  const [presets, setPresets] = useKept('nhr-edit-presets', z.array(Preset));
  return [presets ?? [], setPresets];
}
