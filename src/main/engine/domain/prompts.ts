import type { ChatTask, JsonSchema, Prompt } from './chatTask.ts';

type Kind = ChatTask['kind'];
type TaskOf<K extends Kind> = Extract<ChatTask, { kind: K }>;

const TEXT = { type: 'string' };
const SCORE = { type: 'number', minimum: 1, maximum: 5 };
const SCORES_REPLY = object({ adherence: SCORE, aesthetics: SCORE });
const DESIGN_REPLY = object({
  scenes: {
    type: 'array',
    items: object({ prompt: TEXT, style: TEXT, edits: { type: 'array', items: object({ instruction: TEXT, category: TEXT }) } }),
  },
});

/** Our own words for every question, with a version that is stored beside each answer. Change a word, raise its version. */
export const PROMPTS: { [K in Kind]: { version: string; text(task: TaskOf<K>): string; schema?: JsonSchema } } = {
  design: { version: 'design-1', text: designText, schema: jsonSchema('scenes', DESIGN_REPLY) },
  plausible: { version: 'plausible-1', text: plausibleText },
  scores: { version: 'scores-1', text: scoresText, schema: jsonSchema('scores', SCORES_REPLY) },
  unwantedChange: { version: 'unwantedChange-1', text: unwantedChangeText },
  pleasing: { version: 'pleasing-1', text: pleasingText },
  invert: { version: 'invert-1', text: invertText },
  compose: { version: 'compose-1', text: composeText },
};

/**
 * The question for a task. Pictures go beside it, source first. `unwantedChange` and `pleasing` are both put so that "yes"
 * is the good answer (for unwantedChange: only the asked change is there).
 */
export function promptFor(task: ChatTask): Prompt {
  const prompt = PROMPTS[task.kind] as { version: string; text(task: ChatTask): string; schema?: JsonSchema };
  return { text: prompt.text(task), version: prompt.version, schema: prompt.schema ?? null };
}

/** Strict mode of the servers that hold a model to a schema wants every property required and no others. */
function object(properties: Record<string, object>): Record<string, unknown> {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
}

function jsonSchema(name: string, schema: Record<string, unknown>): JsonSchema {
  return { name, schema };
}

function lines(...parts: (string | false)[]): string {
  return parts.filter((part) => part !== false).join('\n');
}

function designText(task: TaskOf<'design'>): string {
  const objects = task.minObjects === task.maxObjects ? `${task.minObjects}` : `${task.minObjects} to ${task.maxObjects}`;
  const single = task.composite ? task.edits - 1 : task.edits;
  return lines(
    `Design ${task.count} scenes for a collection of image edits. For each scene, write a description that a text-to-image model can paint, and ${task.edits} instructions that an image editor could carry out on that painting.`,
    '',
    'Scenes',
    task.topics.length > 0 && `- Choose topics from: ${task.topics.join(', ')}.`,
    `- Choose the style from: ${task.styles.join(', ')}. "standard" means that the description names no style.`,
    `- Show ${objects} main objects. Give each a colour, a size and a place, so that an instruction can point at exactly one.`,
    '- Keep the scene possible: objects of believable size, standing where they would stand.',
    '- Let no two scenes resemble each other.',
    '',
    'Instructions',
    task.operations.length > 0 && `- Use these operations, as evenly as the scenes allow: ${task.operations.join(', ')}.`,
    '- Write each as one short request in plain words. Anyone who sees the picture must know what is meant.',
    '- Ask only for what can be seen afterwards, and only about things the description is certain to show.',
    '- Do not repeat a request within a scene.',
    single > 0 &&
      `- ${single === 1 ? 'One instruction' : `The first ${single} instructions`} of a scene: exactly one operation. Its category is the name of that operation.`,
    task.composite &&
      '- The last instruction of a scene: two or more operations in one sentence. Its category is the names of those operations joined by " and ".',
    '',
    `This is batch ${task.batch}; make it differ from what you would give for any other batch.`,
    'Answer with one JSON object and nothing else:',
    '{"scenes": [{"prompt": "...", "style": "...", "edits": [{"instruction": "...", "category": "..."}]}]}',
    task.problem !== '' && `\nYour previous answer could not be used in full. Put this right:\n${task.problem}`,
  );
}

function plausibleText(task: TaskOf<'plausible'>): string {
  return lines(
    'The picture was painted by a model from this description:',
    task.prompt,
    '',
    'Is the picture fit to be the starting point of an edit? That means all of the following:',
    '- everything the description names is there;',
    '- bodies, objects, shadows and sizes are as they could be in the world, or in the style that the description asks for;',
    '- nothing is broken, melted, doubled or cut off without reason.',
    'Answer with one word: yes or no.',
  );
}

function scoresText(task: TaskOf<'scores'>): string {
  return lines(
    'The first picture was edited into the second by this instruction:',
    task.instruction,
    '',
    'Give two scores from 1.0 to 5.0. Use fractions; 5.0 means that you can find no fault at all.',
    'adherence: was the instruction carried out?',
    '- Every part of it is done, on the right object, in the right place and number.',
    '- Everything the instruction does not speak of is as it was: other objects, faces, background, framing, light, colours.',
    'aesthetics: does the second picture stand on its own?',
    '- It is as realistic as the first, or keeps the style of the first, unless the instruction asks for something else.',
    '- Light, shadow, perspective and sharpness of what is new agree with the rest.',
    '- There are no remains of removed things, seams, smears, noise, doubled outlines or deformed parts.',
    'A small fault that one has to look for costs some tenths; one seen at a glance brings the score to 3 or less.',
    'Do not explain. Whatever the pictures show, answer with this JSON object and nothing else:',
    '{"adherence": 0.0, "aesthetics": 0.0}',
  );
}

function unwantedChangeText(task: TaskOf<'unwantedChange'>): string {
  return lines(
    'The first picture was edited into the second by this instruction:',
    task.instruction,
    '',
    'Compare the two pictures part by part. Is the change that was asked for there, and is it the only change?',
    'What follows from the asked change, such as a shadow or a reflection, belongs to it.',
    'Say no as well when the instruction is too vague to check or cannot be carried out on the first picture.',
    'Answer with one word: yes or no.',
  );
}

function pleasingText(task: TaskOf<'pleasing'>): string {
  return lines(
    'The first picture was edited into the second by this instruction:',
    task.instruction,
    '',
    'Look at the second picture as a whole, the way a person who asked for the edit would. Is it a pleasing picture that one would keep?',
    'Answer with one word: yes or no.',
  );
}

function invertText(task: TaskOf<'invert'>): string {
  return lines(
    'A picture was painted from this description:',
    task.prompt === '' ? '(not known)' : task.prompt,
    'It was then edited by this instruction:',
    task.instruction,
    '',
    'Write the instruction that leads from the edited picture to the first one.',
    '- The reader sees the edited picture alone and knows nothing of the first: describe what to do, not what happened.',
    '- Speak only of what the edit changed. Take colour, size, material and place of it from the description, so that the first picture can be painted again.',
    '- One short, natural sentence.',
    '- Do not use the words undo, revert, restore, back, or any form of them.',
    'Answer with that sentence and nothing else.',
  );
}

function composeText(task: TaskOf<'compose'>): string {
  return lines(
    'Join these edit instructions into one, to be carried out together:',
    ...task.instructions.map((instruction, i) => `${i + 1}. ${instruction}`),
    '',
    'Keep every detail of each: object, colour, size, place. Leave nothing out and add nothing.',
    'Answer with one short, natural sentence and nothing else.',
  );
}
