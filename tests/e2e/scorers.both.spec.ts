import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from '../../src/renderer/text.ts';
import { sha256, startModelHub } from '../unit/scorers/modelHub.ts';
import { createLook } from './look.ts';
import { shell } from './pages/shell.ts';
import { expect, test } from './studio.ts';

// Models and settings of these tests must not get into the folder of whoever runs them.
process.env.NHR_SCORERS = mkdtempSync(join(tmpdir(), 'nhr-e2e-scorers-'));

const t = text.scorers;

// Catches: any break between the screen, the engine, the scorer's trial process and a download, in both hosts.
test('local scorers: where they run, a mirror, a licence, a download on trust, its hash, by keyboard', async ({ studio }, { project }) => {
  const { page } = studio;
  const look = createLook(studio, project.name);
  const hub = await startModelHub();
  const [feature, diff] = ['features of a picture'.repeat(2000), 'differences'].map((words) => Buffer.from(`\b${words}`)) as [
    Buffer,
    Buffer,
  ];
  hub.files.set('deepghs/imgutils-models/lpips/lpips_feature.onnx', feature);
  hub.files.set('deepghs/imgutils-models/lpips/lpips_diff.onnx', diff);
  try {
    await shell(page).endpoints.click();
    await page.getByRole('link', { name: text.endpoints.local }).press('Enter');
    await expect(page.getByRole('heading', { name: t.title, level: 1 })).toBeVisible();
    // A real trial, in processes of its own.
    await expect(page.getByText(/^Models run on /)).toBeVisible({ timeout: 30_000 });
    await expect(page.getByRole('table', { name: t.runs.table }).getByRole('row')).not.toHaveCount(1);

    await page.getByLabel(t.hub.address).fill(hub.url);
    await page.getByLabel(t.hub.address).press('Enter');
    await expect(page.getByLabel(t.hub.address)).toHaveValue(hub.url);

    const card = page.getByRole('article', { name: 'LPIPS (AlexNet)' });
    const fetchIt = card.getByRole('button', { name: t.models.get, exact: true });
    await expect(fetchIt).toBeDisabled();
    expect(hub.requests).toEqual([]);
    await card.getByRole('checkbox', { name: t.models.accept }).press('Space');
    await expect(fetchIt).toBeEnabled();
    await look.shoot('scorers');
    await fetchIt.press('Enter');
    await page.getByRole('button', { name: t.models.trustGo }).press('Enter');
    await expect(card.getByText(t.models.state.ready)).toBeVisible();
    await card.getByText(t.models.hashes).click();
    await expect(card.getByText(sha256(feature))).toBeVisible();
    await expect(card.getByText(t.models.pinned.firstUse).first()).toBeVisible();
    await look.shoot('scorers-ready');

    await card.getByRole('button', { name: t.models.remove }).click();
    await page.getByRole('dialog').getByRole('button', { name: t.models.remove }).click();
    await expect(card.getByText(t.models.state.absent)).toBeVisible();
    // Held to what came first: another file under the same name is refused, and the reason stands on the card.
    hub.files.set('deepghs/imgutils-models/lpips/lpips_diff.onnx', Buffer.from('something else'));
    await fetchIt.click();
    await expect(card.getByRole('alert')).toContainText('it must have');
    expect(look.found).toEqual({});
  } finally {
    await hub.close();
  }
});
