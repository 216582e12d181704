import { Button, Chip, Group } from '@mantine/core';
import type { ReactNode } from 'react';
import { AttemptStage, GrowthStage, Recipe, Schedule, SIZE_BUCKETS } from '../../../shared/model/recipe.ts';
import { useStudio } from '../../app/studio.tsx';
import { text } from '../../text.ts';
import { ChoiceField, NumberField, TagsField, TextField, YesField } from './fields.tsx';
import { useField, useRecipeForm } from './formContext.ts';
import { ModelFields } from './ModelFields.tsx';
import { valueAt } from './recipeDraft.ts';
import { SchemaFields, schemaOf } from './SchemaFields.tsx';
import { StageList } from './StageList.tsx';

const t = text.figures.form;

/** The categories that the paper names, as a recipe's operations spell them. */
const PAPER_OPERATIONS = [
  'Add object',
  'Remove object',
  'Replace object',
  'Change background',
  'Add background',
  'Remove background',
  'Change time of day',
  'Change season',
  'Change weather',
  'Change color',
  'Change material',
  'Reshape object',
  'Change clothes',
  'Change accessories',
  'Change haircut',
  'Change beard',
  'Change emotion',
  'Change age',
  'Degrade photo',
  'Restore photo',
];

const GATES = schemaOf(Recipe.shape.gates);
const BUDGET = schemaOf(Recipe.shape.budget);
const COMPOSITION = schemaOf(Recipe.shape.composition);

/** The whole recipe as a form, section by section. What it does not show (endpoints in full) stays in the text. */
export function RecipeFields() {
  const { draft } = useRecipeForm();
  const from = valueAt(draft, ['scenes', 'from']);
  const real = from === 'folder';
  return (
    <div className="nhr-recipe-fields">
      <Part title={t.basics}>
        <TextField path={['name']} label={t.name} />
        <NumberField path={['seed']} label={t.seed} fallback={1} min={0} />
        <NumberField path={['concurrency']} label={t.concurrency} fallback={8} min={1} />
      </Part>
      <Part title={t.scenes}>
        <ChoiceField
          path={['scenes', 'from']}
          label={t.from}
          choices={(['constraints', 'file', 'folder'] as const).map((value) => ({ value, label: t.sources[value] }))}
        />
        {from === 'file' || from === 'folder' ? <PathField kind={from} /> : <Constraints />}
      </Part>
      <Part title={t.amounts}>
        {!real && <NumberField path={['seedsPerScene']} label={t.seeds} fallback={10} min={1} />}
        <NumberField path={['attemptsPerInstruction']} label={t.tries} fallback={5} min={1} />
        <NumberField path={['sourceSize', 'maxLongSide']} label={t.long} fallback={2200} min={64} />
        <NumberField path={['sourceSize', 'minShortSide']} label={t.short} fallback={256} min={16} />
        <NumberField path={['sourceSize', 'multipleOf']} label={t.multiple} fallback={16} min={1} />
        {!real && <TagsField path={['sizes']} label={t.sizes} choices={SIZE_BUCKETS} />}
        {!real && <YesField path={['plausibilityGate']} label={t.plausibility} fallback />}
      </Part>
      <Part title={t.order} about={t.stagesAbout}>
        <StageList
          path={['stages']}
          label={t.stages}
          options={AttemptStage.options}
          fallback={['edit', 'lowLevel', 'softJudge', 'softChecks', 'validator']}
        />
        <StageList path={['growth']} label={t.growth} options={GrowthStage.options} fallback={GrowthStage.options.slice(0)} />
      </Part>
      <Part title={t.gates}>
        <SchemaFields schema={GATES} path={['gates']} labels={text.stage} />
      </Part>
      <Part title={t.growth}>
        <SchemaFields schema={COMPOSITION} path={['composition']} />
      </Part>
      <Part title={t.budget}>
        <SchemaFields schema={BUDGET} path={['budget']} labels={text.run.budgetFields} />
        <ChoiceField
          path={['schedule']}
          label={t.schedule}
          fallback="uniform"
          choices={Schedule.options.map((value) => ({ value, label: t.schedules[value] }))}
        />
      </Part>
      <Part title={t.models} about={t.modelsAbout}>
        <ModelFields />
      </Part>
    </div>
  );
}

function Part({ title, about, children }: { title: string; about?: string; children: ReactNode }) {
  return (
    <section className="nhr-form-part" aria-label={title}>
      <h3>{title}</h3>
      {about && <p className="nhr-quiet">{about}</p>}
      <div className="nhr-recipe-grid">{children}</div>
    </section>
  );
}

function Constraints() {
  const number = (key: string, label: string, fallback?: number) => (
    <NumberField path={['scenes', key]} label={label} fallback={fallback} min={1} />
  );
  return (
    <>
      {number('scenes', t.count)}
      {number('editsPerScene', t.edits, 5)}
      {number('minObjects', t.minObjects, 1)}
      {number('maxObjects', t.maxObjects, 5)}
      {number('batch', t.batch, 50)}
      <YesField path={['scenes', 'composite']} label={t.composite} fallback />
      <TagsField path={['scenes', 'topics']} label={t.topics} about={t.addMore} />
      <TagsField path={['scenes', 'styles']} label={t.styles} fallback={['standard']} about={t.addMore} />
      <Operations />
    </>
  );
}

/** The paper's categories as chips, others as tags. */
function Operations() {
  const { value, set, error } = useField(['scenes', 'operations']);
  const chosen = Array.isArray(value) ? value.map(String) : [];
  const own = chosen.filter((name) => !PAPER_OPERATIONS.includes(name));
  const put = (list: string[]) => set(list.length === 0 ? undefined : list);
  return (
    <fieldset className="nhr-operations">
      <legend>{t.operations}</legend>
      <p className="nhr-quiet">{error ?? t.operationsAbout}</p>
      <Chip.Group multiple value={chosen} onChange={put}>
        <Group gap={6}>
          {[...PAPER_OPERATIONS, ...own].map((name) => (
            <Chip key={name} value={name} size="xs" variant="outline">
              {name}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
    </fieldset>
  );
}

/** A path, with the desktop's own dialog where there is one. */
function PathField({ kind }: { kind: 'file' | 'folder' }) {
  const { desktop } = useStudio();
  const { set } = useRecipeForm();
  const pick = async () => {
    const path = kind === 'file' ? await desktop?.pickFile() : await desktop?.pickFolder();
    if (path) set(['scenes', 'path'], path);
  };
  return (
    <>
      <TextField path={['scenes', 'path']} label={t.path[kind]} />
      {desktop && (
        <Button variant="default" mt={24} onClick={() => void pick()}>
          {kind === 'file' ? t.pickFile : t.pickFolder}
        </Button>
      )}
      {kind === 'folder' && <TextField path={['scenes', 'instructions']} label={t.instructions} fallback="instructions.jsonl" />}
    </>
  );
}
