import { useState } from 'react';
import { z } from 'zod';
import { ChoiceField, NumberField, TextField, YesField } from './fields.tsx';
import type { Path } from './recipeDraft.ts';

/** The part of JSON Schema that a recipe's settings make use of. */
interface Schema {
  type?: string;
  properties?: Record<string, Schema>;
  enum?: unknown[];
  anyOf?: Schema[];
  default?: unknown;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
}

/** The JSON Schema of a part of the recipe, so that what is added to it later is shown without a word here. */
export function schemaOf(part: z.ZodType): Schema {
  return z.toJSONSchema(part, { io: 'input', unrepresentable: 'any', reused: 'inline' }) as Schema;
}

/** A field for every setting that a schema names, groups as groups. */
export function SchemaFields({ schema, path, labels = {} }: { schema: Schema; path: Path; labels?: Record<string, string> }) {
  return Object.entries(schema.properties ?? {}).map(([key, part]) => {
    const at = [...path, key];
    const label = labels[key] ?? sentence(key);
    if (part.properties) return <Group key={key} schema={part} path={at} label={label} labels={labels} />;
    return <SchemaField key={key} schema={part} path={at} label={label} />;
  });
}

function SchemaField({ schema, path, label }: { schema: Schema; path: Path; label: string }) {
  // "A number or null": null is written as an empty field with the default shown.
  const own = schema.anyOf?.find((one) => one.type !== 'null') ?? schema;
  const fallback = schema.default;
  if (own.enum)
    return (
      <ChoiceField
        path={path}
        label={label}
        fallback={fallback}
        choices={own.enum.map((value) => ({ value: String(value), label: words(String(value)) }))}
      />
    );
  if (own.type === 'boolean') return <YesField path={path} label={label} fallback={fallback} />;
  if (own.type === 'number' || own.type === 'integer')
    return (
      <NumberField
        path={path}
        label={label}
        fallback={fallback}
        min={own.minimum ?? own.exclusiveMinimum}
        max={own.maximum}
        whole={own.type === 'integer'}
      />
    );
  if (own.type === 'string') return <TextField path={path} label={label} fallback={fallback} />;
  return null;
}

/** minSsim as "Min ssim". */
function sentence(key: string): string {
  const text = words(key);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A group is closed until it is asked for, and its fields are made then. */
function Group({ schema, path, label, labels }: { schema: Schema; path: Path; label: string; labels: Record<string, string> }) {
  const [open, setOpen] = useState(false);
  return (
    <details className="nhr-schema-group" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{label}</summary>
      {open && (
        <div className="nhr-recipe-grid">
          <SchemaFields schema={schema} path={path} labels={labels} />
        </div>
      )}
    </details>
  );
}

/** A key such as maxShift as words. */
function words(key: string): string {
  return key.replace(/([a-z])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`);
}
