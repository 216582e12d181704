/**
 * What an operation may do to the parts of a picture that it is not about: `part` nothing; `background` everything behind the
 * subject; `look` colours and light everywhere; `focus` sharpness everywhere; `geometry` the places of things.
 */
export type EditClass = 'part' | 'background' | 'look' | 'focus' | 'geometry';

/** An operation people edit by: its name as a category, how an instruction of it may begin, and one that stands as it is. */
export interface Operation {
  category: string;
  changes: EditClass;
  example: string;
  /** What an instruction of this operation looks like. */
  says: RegExp;
}

/** Operations after the paper's categories, in the order they are offered and tried: the first that fits names an instruction. */
export const OPERATIONS: readonly Operation[] = [
  { category: 'Add object', changes: 'part', example: 'Add a small red boat on the water', says: /^(add|put|place|insert|give)\b/i },
  {
    category: 'Remove object',
    changes: 'part',
    example: 'Remove the person on the left',
    says: /^(remove|delete|erase|take (away|out)|get rid of)\b/i,
  },
  {
    category: 'Replace object',
    changes: 'part',
    example: 'Replace the car with a bicycle',
    says: /^(replace|swap|exchange|substitute)\b/i,
  },
  { category: 'Blur or sharpen', changes: 'focus', example: 'Blur the background', says: /\b(blur|blurry|sharpen|sharper|focus)\b/i },
  { category: 'Change background', changes: 'background', example: 'Change the background to a beach', says: /\bbackground\b/i },
  {
    category: 'Change time of day',
    changes: 'look',
    example: 'Change the time of day to dusk',
    says: /\b(time of day|dusk|dawn|sunset|sunrise|evening|morning|night|noon|daylight)\b/i,
  },
  { category: 'Change season', changes: 'look', example: 'Change the season to winter', says: /\b(season|winter|summer|autumn|spring)\b/i },
  {
    category: 'Change weather',
    changes: 'look',
    example: 'Make it rain',
    says: /\b(weather|rain|rainy|snow|snowy|fog|foggy|sunny|cloudy|storm)\b/i,
  },
  {
    category: 'Change text',
    changes: 'part',
    example: 'Change the sign to read OPEN',
    says: /\b(text|sign|letters?|word|caption|read)\b/i,
  },
  {
    category: 'Change material',
    changes: 'part',
    example: 'Make the table out of marble',
    says: /\b(material|texture|made of|out of|marble|wood|wooden|metal|glass)\b/i,
  },
  { category: 'Move object', changes: 'part', example: 'Move the lamp to the right', says: /^(move|shift|slide)\b/i },
  {
    category: 'Change size',
    changes: 'part',
    example: 'Make the dog twice as large',
    says: /\b(larger|bigger|smaller|twice|half as|resize|size)\b/i,
  },
  {
    category: 'Change style',
    changes: 'look',
    example: 'Turn the photo black and white',
    says: /\b(black and white|gr[ae]yscale|sepia|vintage|style|watercolou?r|sketch|cartoon|painting|pastel)\b/i,
  },
  {
    category: 'Change tone',
    changes: 'look',
    example: 'Make the photo warmer',
    says: /\b(warmer|cooler|brighter|darker|brighten|darken|contrast|saturation|vivid|faded|tone)\b/i,
  },
  {
    category: 'Change color',
    changes: 'part',
    example: 'Make the door blue',
    says: /\b(colou?r|red|blue|green|yellow|orange|purple|pink|white|black|brown|gr[ae]y)\b/i,
  },
  {
    category: 'Flip or rotate',
    changes: 'geometry',
    example: 'Flip the photo',
    says: /^(flip|mirror|rotate|turn (it|the photo|the picture) (around|upside))\b/i,
  },
];

/** The name of an instruction's operation, or Other. A guess a person can change. */
export function operationOf(instruction: string): string {
  return OPERATIONS.find(({ says }) => says.test(instruction.trim()))?.category ?? 'Other';
}

/**
 * The classes of an edit. A category of several operations ("Add object and Change weather") has all of theirs; one that is not
 * known is read out of the instruction, and what is not known then is `part`: nothing else may change.
 */
export function editClassesOf(category: string, instruction: string): Set<EditClass> {
  const known = (name: string) => OPERATIONS.find((operation) => operation.category.toLowerCase() === name.trim().toLowerCase());
  const named = category.split(/ and /i).map(known);
  const found = named.every((operation) => operation !== undefined) ? named : [known(operationOf(instruction))];
  return new Set(found.map((operation) => operation?.changes ?? 'part'));
}
