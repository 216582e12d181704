import type { Page } from '@playwright/test';
import { text } from '../../../src/renderer/text.ts';

const t = text.edit;

/** The edit room and the page its sessions begin on. */
export function editScreen(page: Page) {
  const variants = page.getByRole('list', { name: t.variants });
  const tree = page.getByRole('tree', { name: t.history });
  return {
    file: page.locator('input[type="file"]'),
    sessions: page.getByRole('listitem').filter({ has: page.getByRole('link') }),
    tree,
    lines: tree.getByRole('treeitem'),
    instruction: page.getByRole('textbox', { name: t.instruction }),
    variants,
    pictures: variants.getByRole('button', { name: /^Variant \d$/ }),
    current: tree.locator('[aria-current]'),
    suggestions: page.getByText(t.suggestions, { exact: true }),
    decay: page.getByRole('img', { name: new RegExp(`^${t.decay}`) }),
    toTriplet: page.getByRole('link', { name: t.toTriplet }),
    spent: page.getByRole('button', { name: new RegExp(`^${t.spent}`) }),
    goOn: page.getByRole('button', { name: t.goOn }),
    seed: page.getByRole('textbox', { name: t.seed }),
    /** Types an instruction and asks for it, without the mouse. */
    async ask(instruction: string): Promise<void> {
      await page.keyboard.press('/');
      await page.keyboard.press('Control+A');
      await page.keyboard.type(instruction);
      await page.keyboard.press('Control+Enter');
      // Out of the field, so that keys are shortcuts again.
      await page.getByRole('main').focus();
    },
  };
}
