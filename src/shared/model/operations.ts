/**
 * What an operation may do to the parts of a picture that it is not about: `part` nothing; `background` everything behind the
 * subject; `look` colours and light everywhere; `focus` sharpness everywhere; `geometry` the places of things. `unknown`: nobody can tell.
 */
export type EditClass = 'part' | 'background' | 'look' | 'focus' | 'geometry' | 'unknown';

/** An operation people edit by: its name as a category, how an instruction of it may begin, and one that stands as it is. */
export interface Operation {
  category: string;
  example: string;
  /** What an instruction of this operation looks like. */
  says: RegExp;
}

/** Operations after the paper's categories, in the order they are offered and tried: the first that fits names an instruction. */
export const OPERATIONS: readonly Operation[] = [
  { category: 'Add object', example: 'Add a small red boat on the water', says: /^(add|put|place|insert|give)\b/i },
  {
    category: 'Remove object',

    example: 'Remove the person on the left',
    says: /^(remove|delete|erase|take (away|out)|get rid of)\b/i,
  },
  {
    category: 'Replace object',

    example: 'Replace the car with a bicycle',
    says: /^(replace|swap|exchange|substitute)\b/i,
  },
  { category: 'Blur or sharpen', example: 'Blur the background', says: /\b(blur|blurry|sharpen|sharper|focus)\b/i },
  { category: 'Change background', example: 'Change the background to a beach', says: /\bbackground\b/i },
  {
    category: 'Change time of day',

    example: 'Change the time of day to dusk',
    says: /\b(time of day|dusk|dawn|sunset|sunrise|evening|morning|night|noon|daylight)\b/i,
  },
  { category: 'Change season', example: 'Change the season to winter', says: /\b(season|winter|summer|autumn|spring)\b/i },
  {
    category: 'Change weather',

    example: 'Make it rain',
    says: /\b(weather|rain|rainy|snow|snowy|fog|foggy|sunny|cloudy|storm)\b/i,
  },
  {
    category: 'Change text',

    example: 'Change the sign to read OPEN',
    says: /\b(text|sign|letters?|word|caption|read)\b/i,
  },
  {
    category: 'Change material',

    example: 'Make the table out of marble',
    says: /\b(material|texture|made of|out of|marble|wood|wooden|metal|glass)\b/i,
  },
  { category: 'Move object', example: 'Move the lamp to the right', says: /^(move|shift|slide)\b/i },
  {
    category: 'Change size',

    example: 'Make the dog twice as large',
    says: /\b(larger|bigger|smaller|twice|half as|resize|size)\b/i,
  },
  {
    category: 'Change style',

    example: 'Turn the photo black and white',
    says: /\b(black and white|gr[ae]yscale|sepia|vintage|style|watercolou?r|sketch|cartoon|painting|pastel)\b/i,
  },
  {
    category: 'Change tone',

    example: 'Make the photo warmer',
    says: /\b(warmer|cooler|brighter|darker|brighten|darken|contrast|saturation|vivid|faded|tone)\b/i,
  },
  {
    category: 'Change color',

    example: 'Make the door blue',
    says: /\b(colou?r|red|blue|green|yellow|orange|purple|pink|white|black|brown|gr[ae]y)\b/i,
  },
  {
    category: 'Flip or rotate',

    example: 'Flip the photo',
    says: /^(flip|mirror|rotate|turn (it|the photo|the picture) (around|upside))\b/i,
  },
];

/** The name of an instruction's operation, or Other. A guess a person can change. */
export function operationOf(instruction: string): string {
  return OPERATIONS.find(({ says }) => says.test(instruction.trim()))?.category ?? 'Other';
}

/** What names of categories say of their class, ours and those of published sets; the first that fits counts. */
const CATEGORY_CLASSES: readonly (readonly [EditClass, RegExp])[] = [
  ['background', /background|scene/i],
  ['geometry', /flip|mirror|rotat|crop|zoom|viewpoint|perspective|angle|outpaint/i],
  ['focus', /blur|sharp|focus|depth of field|super.?resolution|restor|degrad|denois/i],
  ['part', /colou?r (of|change)|change colou?r/i],
  ['look', /style|tone|time of day|season|weather|light|filter|black and white|grayscale|coloriz|relight|era\b|mood/i],
  [
    'part',
    /add|remov|replac|object|human|person|face|hair|cloth|age|pose|emotion|expression|text|material|texture|size|mov|colou?r|count|swap|accessor|beard|shape/i,
  ],
];

/**
 * The classes of an edit. A category of several operations ("Add object and Change weather") has all of theirs; one that says
 * nothing is read out of the instruction, part by part, and may still be `unknown`.
 */
export function editClassesOf(category: string, instruction: string): Set<EditClass> {
  const classOf = (name: string) => CATEGORY_CLASSES.find(([, says]) => says.test(name))?.[0];
  const named = category.split(/ and | & /i).map(classOf);
  if (named.some((name) => name !== undefined)) return new Set(named.map((name) => name ?? 'unknown'));
  // "Remove the cow and change the time of day": each part says its own.
  const parts = instruction.split(/,? (?:and|then|&) |; /i);
  return new Set(parts.map((part) => classOf(operationOf(part)) ?? 'unknown'));
}
