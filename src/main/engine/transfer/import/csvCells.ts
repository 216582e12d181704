import type { Cells } from './cells.ts';
import type { Preset } from './columnMap.ts';

/**
 * Cells of a CSV row, which are all text, as what their columns hold: scores become numbers, other wordings a list (written as JSON),
 * and nothing is nothing. What is neither stays a text, to be named as the fault it is.
 */
export function typedCells(cells: Cells, preset: Pick<Preset, 'adherence' | 'aesthetics' | 'paraphrases'>): Cells {
  const typed: Cells = { ...cells };
  for (const column of [...preset.adherence, ...preset.aesthetics]) typed[column] = asNumber(cells[column]);
  for (const column of preset.paraphrases) typed[column] = asList(cells[column]);
  return typed;
}

function asNumber(cell: unknown): unknown {
  if (typeof cell !== 'string') return cell;
  const text = cell.trim();
  if (text === '') return undefined;
  return Number.isFinite(Number(text)) ? Number(text) : cell;
}

function asList(cell: unknown): unknown {
  if (typeof cell !== 'string') return cell;
  if (cell.trim() === '') return undefined;
  try {
    return JSON.parse(cell) as unknown;
  } catch {
    return cell;
  }
}
