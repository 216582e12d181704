import { constants } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import type { EngineClient } from '../../../shared/contract.ts';
import { geometricScore } from '../../../shared/model/attempt.ts';
import type { EditActors, EditNode, EditSessionDetail } from '../../../shared/model/edit.ts';
import { AppError } from '../../../shared/model/errors.ts';
import { QuietFailure } from '../errors.ts';
import { formatBar, formatMoney, formatTable } from '../format.ts';
import { onInterrupts, type Session, withEngine } from '../session.ts';
import type { CliEngine } from '../world.ts';

export interface EditCommand {
  picture: string;
  instruction: string;
  editor: string | undefined;
  variants: number;
  seed: number | undefined;
  out: string | undefined;
  /** Puts the best variant into the set. */
  keep: boolean;
  budgetUsd: number | undefined;
}

const LOOK_MS = 150;

/** `nhr edit PICTURE "instruction"`: variants of one picture, scored, as a session that the app opens too. */
export function editPicture(session: Session, command: EditCommand): Promise<void> {
  return withEngine(session, true, async (client, engine) => {
    const actors = await client.edit.actors();
    const who = chooseActors(actors, command.editor);
    const path = resolve(session.world.cwd, command.picture);
    const begun = await client.edit.start({ start: { from: 'path', path }, bagelSize: who.bagel });
    for (const note of begun.notes) session.say(note);
    if (command.budgetUsd !== undefined) await client.edit.setBudget({ sessionId: begun.id, usd: command.budgetUsd });
    const { instruction, variants, seed } = command;
    const asked = { instruction, variants, editor: { profile: who.editor }, judges: who.judges };
    const { usdWorst, known } = await client.edit.price(asked);
    session.say(
      `${who.editor} makes ${variants === 1 ? '1 variant' : `${variants} variants`}${known ? `, at most ${formatMoney(usdWorst)}` : ''}.`,
    );
    await client.edit.ask({ ...asked, sessionId: begun.id, parentId: begun.currentId, ...(seed !== undefined && { seed }) });
    const done = await watch(session, client, begun.id);
    const made = done.nodes.filter((node) => node.parentId !== null);
    const files =
      command.out === undefined ? new Map<number, string>() : await writeOut(engine, resolve(session.world.cwd, command.out), path, made);
    const kept = command.keep ? await keepBest(client, made) : null;
    report(session, done, made, files, kept);
    if (made.every((node) => node.pictureHash === null)) throw new QuietFailure();
  });
}

/** The editor that was named, else the first there is; judges that are as real as it is. */
function chooseActors(actors: EditActors, named: string | undefined) {
  const editor = actors.editors.find(({ profile }) => named === undefined || profile === named);
  if (!editor)
    throw new AppError('noSuchItem', `There is no editor called ${named}.`, {
      hint: `There are: ${actors.editors.map(({ profile }) => profile).join(', ')}. \`nhr endpoints add PRESET\` adds more.`,
    });
  const judge = (list: EditActors['validators']) => list.find(({ demo }) => demo === editor.demo)?.profile ?? null;
  const judges = { softJudge: judge(actors.softJudges), validator: judge(actors.validators), checks: true };
  return { editor: editor.profile, judges, bagel: editor.bagel !== null };
}

/** Shows the variants until none is under way. Ctrl-C once cancels them, twice ends the process. */
async function watch(session: Session, client: EngineClient, sessionId: string): Promise<EditSessionDetail> {
  const stopListening = onInterrupts(session, 'Cancelling. Press Ctrl-C again to stop at once.', async () => {
    await client.edit.cancel({ sessionId });
  });
  try {
    for (;;) {
      const now = await client.edit.get({ sessionId });
      const all = now.nodes.filter((node) => node.parentId !== null);
      const ended = all.filter((node) => node.state !== 'queued' && node.state !== 'running').length;
      const words = `${ended} of ${all.length} variants, ${formatMoney(now.spend.usdSettled)}`;
      session.progress({ done: ended, total: all.length, usd: now.spend.usdSettled });
      session.live.show({
        key: 'variants',
        block: (width) => [`${formatBar(ended / all.length, Math.min(32, Math.max(10, width - 40)), session.style)} ${words}`],
        line: () => words,
      });
      if (now.open === 0) {
        session.live.end();
        return now;
      }
      await new Promise((done) => setTimeout(done, LOOK_MS));
    }
  } finally {
    stopListening();
  }
}

/** Copies the pictures into a folder, named after the first one and their seed. A file that is there already is never written over. */
async function writeOut(engine: CliEngine, dir: string, picture: string, nodes: EditNode[]): Promise<Map<number, string>> {
  await mkdir(dir, { recursive: true });
  const files = new Map<number, string>();
  const stem = basename(picture, extname(picture));
  for (const { id, seed, pictureHash } of nodes) {
    if (pictureHash === null) continue;
    const found = await engine.blobFile(pictureHash);
    if (!('path' in found)) continue;
    files.set(id, await copyFresh(found.path, dir, `${stem}-seed${seed}`));
  }
  return files;
}

async function copyFresh(from: string, dir: string, name: string): Promise<string> {
  for (let n = 1; ; n++) {
    const to = join(dir, `${name}${n === 1 ? '' : `-${n}`}${extname(from)}`);
    try {
      await copyFile(from, to, constants.COPYFILE_EXCL);
      return to;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

async function keepBest(client: EngineClient, nodes: EditNode[]): Promise<{ nodeId: number; tripletId: number }> {
  const scored = nodes.flatMap((node) => (node.scores ? [{ node, score: geometricScore(node.scores) }] : []));
  const pictures = nodes.filter((node) => node.pictureHash !== null);
  const best = scored.sort((a, b) => b.score - a.score)[0]?.node ?? (pictures.length === 1 ? pictures[0] : undefined);
  if (!best)
    throw new AppError(
      'conflict',
      pictures.length === 0 ? 'There is nothing to keep.' : 'Nobody scored the variants, so none is the best.',
      {
        hint: 'Add a validator profile, or choose one in the app.',
      },
    );
  const { triplet } = await client.edit.keep({ nodeId: best.id });
  return { nodeId: best.id, tripletId: triplet.id };
}

function report(
  session: Session,
  done: EditSessionDetail,
  made: EditNode[],
  files: Map<number, string>,
  kept: { nodeId: number; tripletId: number } | null,
): void {
  const variants = made.map(({ id, seed, state, reason, message, pictureHash, scores, softScores, quality, usd, ms }) => ({
    ...{ seed, state, reason, message, pictureHash, scores, softScores, quality, usd, ms },
    file: files.get(id) ?? null,
  }));
  const { id, demo, spend } = done;
  session.result({ session: id, workspace: session.workspaceDir, demo, spend, variants, kept: kept?.tripletId ?? null }, () => {
    const rows = made.map((node) => [
      String(node.seed),
      node.pictureHash ? (node.scores ? geometricScore(node.scores).toFixed(2) : 'not scored') : node.state,
      node.problems[0]?.code ?? node.verdicts.find(({ passed }) => !passed)?.reason ?? node.reason,
      formatMoney(node.usd),
      files.get(node.id) ?? '',
    ]);
    return [
      ...(demo ? ['Made by the demo studio: play money, pretend models.'] : []),
      ...formatTable([['Seed', 'Score', 'Remarks', 'Cost', 'File'], ...rows], [0, 1, 3], session.style, session.width),
      // A table cuts long sentences, and these say what to do.
      ...new Set(
        made.flatMap((node) => [node.message, ...node.problems.map(({ message }) => message)]).filter((message) => message !== ''),
      ),
      ...(kept ? [`Kept as triplet ${kept.tripletId}: the variant of seed ${made.find((node) => node.id === kept.nodeId)?.seed}.`] : []),
      `Go on in the app, screen Edit: npm start -- --workspace ${session.workspaceDir}`,
    ];
  });
}
