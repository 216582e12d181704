import { resolve } from 'node:path';
import type { EngineClient } from '../../../shared/contract.ts';
import { AppError } from '../../../shared/model/errors.ts';
import { type ModelCard, ScorerSettings } from '../../../shared/model/scorers.ts';
import { QuietFailure, UsageError } from '../errors.ts';
import { formatTable } from '../format.ts';
import { reportText, type Session, watchJob, withScratchEngine } from '../session.ts';

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;

async function cardOf(client: EngineClient, id: string): Promise<ModelCard> {
  const cards = await client.scorers.models();
  const card = cards.find((item) => item.id === id);
  if (!card) throw new AppError('noSuchItem', `There is no model ${id}. There are ${cards.map((item) => item.id).join(', ')}.`);
  return card;
}

/** `nhr models`: what there is, and what of it is on this machine. */
export function listModels(session: Session): Promise<void> {
  return withScratchEngine(session, async (client) => {
    const models = await client.scorers.models();
    session.result({ models }, () => [
      ...formatTable(
        [
          ['model', 'for', 'licence', 'size', 'state'],
          ...models.map((card) => [
            card.id,
            card.role,
            `${card.licence.id}${card.acceptedAt === null ? '' : ' (accepted)'}`,
            megabytes(card.bytes),
            card.state,
          ]),
        ],
        [3],
        session.style,
        session.width,
      ),
      '',
      'The models that read text come with the app. The others are fetched when you ask: nhr models licence ID, nhr models get ID',
    ]);
  });
}

/** `nhr models licence ID`: shows the licence; `--accept` says that it was read. */
export function modelLicence(session: Session, id: string, accept: boolean): Promise<void> {
  return withScratchEngine(session, async (client) => {
    const { licence } = await cardOf(client, id);
    const card = accept ? await client.scorers.acceptLicence({ id, licence: licence.id }) : await cardOf(client, id);
    session.result(card, () => [
      `${card.title}: ${licence.id}, ${licence.url}`,
      ...(licence.note === '' ? [] : [licence.note]),
      card.acceptedAt === null
        ? `Read it, then: nhr models licence ${id} --accept`
        : `Accepted here on ${new Date(card.acceptedAt).toISOString().slice(0, 10)}.`,
    ]);
  });
}

export interface GetModelCommand {
  id: string;
  trust: boolean;
  sha256: Record<string, string>;
}

/** `nhr models get ID`: fetches what is missing of a model. Started again, it goes on where it was. */
export function getModel(session: Session, { id, trust, sha256 }: GetModelCommand): Promise<void> {
  return withScratchEngine(session, async (client) => {
    await cardOf(client, id);
    const job = await watchJob(session, client, await client.scorers.getModel({ id, trustFirstUse: trust, sha256 }));
    if (job.state !== 'done') {
      // A refusal is one sentence with its way out, as of any other command.
      session.result({ state: job.state, message: job.message }, () => [job.message]);
      throw new QuietFailure();
    }
    session.result(await cardOf(client, id), () => reportText(job, session.style));
  });
}

/** `nhr models import ID PATH`: a file, or a folder of files, that came another way. */
export function importModel(session: Session, id: string, path: string): Promise<void> {
  return withScratchEngine(session, async (client) => {
    const card = await client.scorers.importModel({ id, path: resolve(session.world.cwd, path) });
    const missing = card.files.filter((file) => !file.present).map((file) => file.name);
    session.result(card, () => [
      missing.length === 0 ? `${card.title} is ready.` : `Taken in. Still missing: ${missing.join(', ')}.`,
      ...card.files.filter((file) => file.present).map((file) => `${file.name}  SHA-256 ${file.sha256}`),
    ]);
  });
}

export function removeModel(session: Session, id: string): Promise<void> {
  return withScratchEngine(session, async (client) => {
    const card = await client.scorers.removeModel({ id });
    session.result(card, () => [
      `${card.title} is not on this machine any more. Its hashes stay: the next download is held to the same files.`,
    ]);
  });
}

/** `nhr models hub [URL] [--key REF]`: shows or sets where models come from. */
export function modelHub(session: Session, url: string | undefined, key: string | undefined): Promise<void> {
  return withScratchEngine(session, async (client) => {
    const before = await client.scorers.settings();
    const wish = ScorerSettings.safeParse({
      ...before,
      hub: url ?? before.hub,
      key: key === undefined ? before.key : key === 'none' ? '' : key,
    });
    if (!wish.success) throw new UsageError(wish.error.issues[0]?.message ?? 'The hub is an address such as https://huggingface.co.');
    const changed = url !== undefined || key !== undefined;
    const { hub, key: ref } = changed ? await client.scorers.setSettings(wish.data) : before;
    session.result({ hub, key: ref }, () => [`Models come from ${hub}${ref === '' ? '' : `, with the token ${ref}`}.`]);
  });
}
