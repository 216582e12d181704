import { z } from 'zod';

/** One input of a Gradio function, as a form shows it. */
export const GradioParameter = z.object({
  /** The name by which GradioBinding.inputs and a binding's params fill it. */
  name: z.string(),
  label: z.string(),
  /** The app's component, for example Slider. */
  component: z.string(),
  type: z.enum(['picture', 'text', 'number', 'boolean', 'choice', 'other']),
  /** False when the app has no value of its own for it. */
  hasDefault: z.boolean(),
  default: z.json(),
  minimum: z.number().nullable(),
  maximum: z.number().nullable(),
  /** Only for choices. */
  choices: z.array(z.union([z.string(), z.number()])),
});
export type GradioParameter = z.infer<typeof GradioParameter>;

/** One output of a Gradio function; `format` is the file format of a picture (webp, png, ...), empty when the app does not say. */
export const GradioOutput = z.object({ label: z.string(), component: z.string(), picture: z.boolean(), format: z.string() });
export type GradioOutput = z.infer<typeof GradioOutput>;

/** One function that a Gradio app offers. */
export const GradioFunction = z.object({
  /** With the slash: /process_edit_image. */
  name: z.string(),
  parameters: z.array(GradioParameter),
  outputs: z.array(GradioOutput),
  /** What fills a parameter when the endpoint says nothing of it: a $name of GradioBinding.inputs, or a value. Others keep the app's own. */
  byName: z.record(z.string(), z.json()),
});
export type GradioFunction = z.infer<typeof GradioFunction>;

/** What a Gradio app says about itself. */
export const GradioApp = z.object({
  /** Of Gradio, not of the app. */
  version: z.string(),
  /** Bytes; null = no limit. */
  maxUploadBytes: z.number().nullable(),
  functions: z.array(GradioFunction),
});
export type GradioApp = z.infer<typeof GradioApp>;
