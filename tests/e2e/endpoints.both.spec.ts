import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from '../../src/renderer/text.ts';
import { createLook } from './look.ts';
import { endpointsScreen } from './pages/endpoints.ts';
import { shell } from './pages/shell.ts';
import { expect, test } from './studio.ts';

// Keys of these tests must not get into the key file of whoever runs them.
process.env.XDG_CONFIG_HOME = mkdtempSync(join(tmpdir(), 'nhr-e2e-keys-'));

const SECRET = 'sk-e2e-0123456789';
const TITLE = 'Reasoning model that designs scenes';

/** The secret in a file that only its owner can read. */
function keyFile(): string {
  const path = join(mkdtempSync(join(tmpdir(), 'nhr-e2e-key-')), 'writer.key');
  writeFileSync(path, SECRET, { mode: 0o600 });
  return path;
}

/** An OpenAI-compatible server that knows two models and one key. */
async function modelServer(): Promise<Server & { url: string }> {
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    if (request.headers.authorization !== `Bearer ${SECRET}`) {
      response.statusCode = 401;
      return response.end(JSON.stringify({ error: { message: 'Incorrect API key provided.', code: 'invalid_api_key' } }));
    }
    const data = [
      { id: 'writer-large', object: 'model' },
      { id: 'writer-old', object: 'model', shutdown_date: '2026-12-11' },
    ];
    return response.end(JSON.stringify({ object: 'list', data }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(server, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1` });
}

// Catches: any break between a preset and an endpoint that works, a key that shows up again, and a probe that hides what it found.
test('a preset becomes an endpoint: edited, given a key, probed, kept, deleted', async ({ studio }, { project }) => {
  const { page } = studio;
  const endpoints = endpointsScreen(page);
  const look = createLook(studio, project.name);
  const server = await modelServer();
  try {
    await shell(page).endpoints.click();
    await endpoints.add.click();
    await endpoints.preset(TITLE).first().click();
    await expect(endpoints.id).toHaveValue('writer');

    await endpoints.address.fill('nowhere');
    await expect(page.getByText(text.endpoints.issue.address).first()).toBeVisible();
    await expect(endpoints.save).toBeDisabled();
    await endpoints.address.fill(server.url);
    await endpoints.concurrency.fill('3');

    await endpoints.keyKind.selectOption({ label: text.endpoints.keyKinds.stored });
    await expect(endpoints.key.getByText(/is not in the key store/)).toBeVisible();
    await endpoints.probe.click();
    await expect(endpoints.probeFailure).toContainText(text.endpoints.probeFailed.auth as string);
    await endpoints.secret.fill(SECRET);
    await endpoints.storeKey.click();
    await expect(endpoints.keyStored.or(endpoints.noKeychain)).toBeVisible();
    if (await endpoints.noKeychain.isVisible()) {
      await endpoints.keyKind.selectOption({ label: text.endpoints.keyKinds.file });
      await endpoints.keyFile.fill(keyFile());
    } else await expect(endpoints.secret).toHaveValue('');
    await expect(endpoints.key.getByText(text.endpoints.keyFound, { exact: true })).toBeVisible();

    await endpoints.save.click();
    await expect(page).toHaveURL(/#\/endpoints\/edit\/writer$/);
    await endpoints.probe.click();
    await expect(endpoints.probeSection.getByText(text.endpoints.probeMissing(1))).toBeVisible();
    await expect(endpoints.probeSection.getByText(text.endpoints.goesAway('2026-12-11'))).toBeVisible();
    await look.shoot('endpoint-probed');
    await endpoints.pickModel('writer-large').selectOption({ label: text.endpoints.role.promptEngineer });
    await endpoints.probe.click();
    await expect(endpoints.probeSection.getByText(text.endpoints.probeMissing(1))).toBeHidden();
    await expect(endpoints.probeSection.getByText(/^Answers in/)).toBeVisible();

    await endpoints.view('yaml').click();
    await expect(endpoints.yaml).toHaveValue(/model: writer-large/);
    await expect(endpoints.yaml).toHaveValue(/concurrency: 3/);
    const good = await endpoints.yaml.inputValue();
    await endpoints.yaml.fill(`${good}concurrency: [\n`);
    await endpoints.view('form').click();
    await expect(page.getByText(text.endpoints.brokenForm)).toBeVisible();
    await endpoints.view('yaml').click();
    await expect(endpoints.yaml).toHaveValue(`${good}concurrency: [\n`);
    await endpoints.yaml.fill(`# mine\n${good}`);
    await endpoints.view('form').click();
    await endpoints.concurrency.fill('5');
    await endpoints.view('yaml').click();
    await expect(endpoints.yaml).toHaveValue(/# mine[\s\S]*concurrency: 5/);
    await endpoints.view('form').click();

    await endpoints.address.fill('http://127.0.0.1:9/v1');
    await endpoints.probe.click();
    await expect(endpoints.probeFailure).toContainText(text.endpoints.probeFailed.network as string);
    await endpoints.address.fill(server.url);
    await endpoints.save.click();
    await expect(endpoints.saved).toBeVisible();
    expect(await page.content()).not.toContain(SECRET);

    await page.reload();
    await expect(endpoints.concurrency).toHaveValue('5');
    await shell(page).endpoints.click();
    await expect(endpoints.table.getByRole('row')).toHaveCount(2);
    await expect(endpoints.table.getByText(text.endpoints.keyShort.found)).toBeVisible();
    await look.shoot('endpoints-one');
    await endpoints.menuOf(TITLE).click();
    await endpoints.menuItem(text.endpoints.duplicate).click();
    await expect(endpoints.id).toHaveValue('writer-2');
    await endpoints.save.click();
    await expect(page).toHaveURL(/#\/endpoints\/edit\/writer-2$/);
    await shell(page).endpoints.click();
    await expect(endpoints.table.getByRole('row')).toHaveCount(3);
    await endpoints.menuOf(TITLE).first().click();
    await endpoints.menuItem(text.endpoints.remove).click();
    await endpoints.dialog.getByRole('button', { name: text.endpoints.remove }).click();
    await expect(endpoints.table.getByRole('row')).toHaveCount(2);
    expect(look.found).toEqual({});
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

// Catches: a self-test whose pictures or checks do not reach the page. The demo studio answers, so nothing is paid.
test('a self-test shows its pictures, its checks and what it cost', async ({ studio }, { project }) => {
  const { page } = studio;
  const endpoints = endpointsScreen(page);
  const look = createLook(studio, project.name);
  await shell(page).endpoints.click();
  await endpoints.add.click();
  await endpoints.scratch(text.endpoints.transport.gemini).click();
  await endpoints.kind.selectOption({ label: text.endpoints.transport.demo });
  await endpoints.role('imageEditor').click();
  await endpoints.model('imageEditor').fill('demo-editor');
  await endpoints.test('imageEditor').click();
  const report = endpoints.testOf('imageEditor');
  await expect(
    report
      .getByRole('list', { name: text.endpoints.testPictures(text.endpoints.role.imageEditor) })
      .getByRole('img')
      .first(),
  ).toBeVisible({ timeout: 60_000 });
  await expect(
    report
      .getByRole('list', { name: text.endpoints.testChecks(text.endpoints.role.imageEditor) })
      .getByRole('listitem')
      .first(),
  ).toBeVisible();
  await look.shoot('endpoint-tested');
  expect(look.found).toEqual({});
});
