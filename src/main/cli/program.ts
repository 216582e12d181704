import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { GateProfile, SizeMismatch } from '../../shared/model/gates.ts';
import { ImportColumn, ImportColumns } from '../../shared/model/import.ts';
import { calibrate, listCalibrations, showCalibration, takeCalibration } from './commands/calibrations.ts';
import { showComparison } from './commands/compare.ts';
import { editPicture } from './commands/edit.ts';
import {
  addEndpoints,
  listEndpoints,
  listKeys,
  listPresets,
  probeEndpoints,
  removeEndpoint,
  removeKey,
  setKey,
  testEndpoint,
} from './commands/endpoints.ts';
import { installGpu, orderProviders, showGpu } from './commands/gpu.ts';
import { runDoctor, serve } from './commands/machine.ts';
import { mine, resumeRun } from './commands/mine.ts';
import { getModel, importModel, listModels, modelHub, modelLicence, removeModel } from './commands/models.ts';
import { listRuns, showHash, showStats } from './commands/runs.ts';
import { checkExport, exportSet, importSet, scoreImported, scorePairs, uploadSet } from './commands/transfer.ts';
import { EXIT } from './errors.ts';
import { exportCommand, exportOptions } from './exportOptions.ts';
import { type CommonOptions, runCommand, type Session } from './session.ts';
import type { CliWorld } from './world.ts';

/** Runs one command line (without node and script) and gives its exit code: 0 ok, 1 failed, 2 usage. */
export async function runCli(argv: string[], world: CliWorld): Promise<number> {
  let code: number = EXIT.ok;
  const program = buildProgram(world, (result) => {
    code = result;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return EXIT.ok;
    if (wantsJson(argv)) {
      const message = error.message.replace(/^error: /, '');
      world.out.write(`${JSON.stringify({ error: { code: 'usage', message, details: {} } })}\n`);
    }
    return EXIT.usage;
  }
}

function wantsJson(argv: string[]): boolean {
  return argv.includes('--json') || argv.includes('--json-progress');
}

function buildProgram(world: CliWorld, done: (code: number) => void): Command {
  const program = new Command('nhr')
    .description('Mines image-editing triplets with no human annotation')
    .version(world.version)
    .exitOverride()
    .showHelpAfterError('Run nhr --help to see what there is.')
    .configureOutput({
      writeOut: (text) => world.out.write(text),
      writeErr: (text) => world.err.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, 'Error: ')),
      getOutHelpWidth: () => world.out.columns(),
    });

  const command = (usage: string, about: string) =>
    program
      .command(usage)
      .description(about)
      .option('--workspace <dir>', 'folder of the workspace (default: NHR_WORKSPACE or ./workspace)')
      .option('--json', 'print one JSON document and nothing else')
      .option('--json-progress', 'print JSON lines: progress, then the result');
  const act = (options: CommonOptions, work: (session: Session) => Promise<void>) => runCommand(world, options, work).then(done);

  budgetOptions(command('mine [recipe]', 'mine a dataset by a recipe: a file, or a template that comes with the app (default: demo)'))
    .option('--concurrency <n>', 'attempts worked on at once', positiveInt)
    .option('--seed <n>', 'seed of every draw', wholeNumber)
    .option('--export <dir>', 'folder of the dataset (default: ./dataset, or the first free dataset-N)')
    .option('--no-export', 'write no dataset')
    .option('--fresh', 'start a new run even when one of this recipe can be resumed', false)
    .action((recipe: string | undefined, o) =>
      act(o, (session) =>
        mine(session, {
          recipe: recipe ?? 'demo',
          budget: budgetFrom(o),
          concurrency: o.concurrency,
          seed: o.seed,
          export: o.export === true ? undefined : o.export,
          fresh: o.fresh,
        }),
      ),
    );

  budgetOptions(command('resume <run>', 'go on with a run (id, start of an id, or last); a raised budget lets an ended one go further'))
    .option('--ask-again', 'send calls again that may have been charged without an answer', false)
    .option('--export <dir>', 'write the dataset here when it is done')
    .action((run: string, o) =>
      act(o, (session) => resumeRun(session, { run, budget: budgetFrom(o), askAgain: o.askAgain, export: o.export })),
    );

  command('edit <picture> <instruction>', 'edit one picture: scored variants, as a session that the app opens too')
    .option('--editor <profile>', 'endpoint profile that edits (default: the first there is, else demo)')
    .option('--variants <n>', 'how many, 1 to 16', variantCount, 4)
    .option('--seed <n>', 'of the first variant, 1 to 1,000,000; the others count on', editSeed)
    .option('--out <dir>', 'write the pictures into this folder')
    .option('--keep', 'put the best one into the set as a triplet', false)
    .option('--budget-usd <x>', 'at most so many US dollars', positive)
    .action((picture: string, instruction: string, o) =>
      act(o, (session) =>
        editPicture(session, {
          picture,
          instruction,
          editor: o.editor,
          variants: o.variants,
          seed: o.seed,
          out: o.out,
          keep: o.keep,
          budgetUsd: o.budgetUsd,
        }),
      ),
    );

  command('runs', 'list the runs of a workspace').action((o) => act(o, listRuns));
  command('stats <run> [run2]', 'funnel, survival, difficulty, spend and errors of a run; with a second run, both side by side').action(
    (run: string, other: string | undefined, o) => act(o, (s) => (other === undefined ? showStats(s, run) : showComparison(s, run, other))),
  );
  command('hash <run>', 'one hash over the set a run mined').action((run: string, o) => act(o, (s) => showHash(s, run)));
  const score = command('score [pairs.jsonl]', 'validate existing pairs and add them as imported triplets');
  score
    .option('--imported', 'check what nhr import brought in and nobody checked', false)
    .option('--profile <name>', `limits: ${GateProfile.options.join(', ')}`, gateProfile, 'balanced')
    .addOption(
      new Option('--sizes <rule>', 'edits of another size than their source; align finds them in the source and lays them on it')
        .choices(SizeMismatch.options)
        .default('reject'),
    )
    .option('--soft-judge <profile>', 'with --imported: endpoint profile whose soft judge looks at what passes the local checks')
    .option('--validator <profile>', 'with --imported: endpoint profile whose validator scores what passed before')
    .option('--budget-usd <x>', 'with judges: at most so many US dollars', positive)
    .option('--ask-again', 'with judges: send calls once more that may have been charged and have no answer', false)
    .action((pairs: string | undefined, o) => {
      if ((pairs === undefined) !== o.imported) score.error('error: Give a file of pairs, or --imported.');
      if (pairs !== undefined && (o.softJudge !== undefined || o.validator !== undefined))
        score.error('error: Judges look at what is in the workspace: score the file first, then --imported with them.');
      return act(o, (session) =>
        pairs === undefined ? scoreImported(session, o.profile, o) : scorePairs(session, pairs, o.profile, o.sizes),
      );
    });

  exportOptions(command('export', 'write the set as a dataset')).action((o) => act(o, (session) => exportSet(session, exportCommand(o))));

  command('import <format> <path>', 'read a set of another tool, or of ours, into the workspace')
    .option('--map <pairs>', 'columns of other names, for example source=before,edited=after,instruction=text', columnPairs)
    .addHelpText(
      'after',
      '\nFormats: nhr, hf, ip2p, magicbrush, omniedit, ultraedit, hq-edit, anyedit, pairs, pico, editreward, ratings, webdataset, bagel.',
    )
    .action((format: string, path: string, o) => act(o, (session) => importSet(session, format, path, o.map ?? {})));

  command('check-export <dir>', 'read an exported dataset back and report every fault').action((dir: string, o) =>
    act(o, (s) => checkExport(s, dir)),
  );
  command('upload <dir> <owner/name>', 'push an export to a dataset repository of a hub; started again, it goes on where it was')
    .option('--key <ref>', 'where the token is: env:NAME, stored:NAME or file:PATH (mode 600)', 'env:HF_TOKEN')
    .option('--hub <url>', 'another hub (default: https://huggingface.co)')
    .option('--branch <name>', 'another branch than main')
    .option('--private', 'make the repository private when it is not there yet', false)
    .option('--commit-mb <n>', 'megabytes of a commit, about (default: 2000)', positiveInt)
    .action((dir: string, repo: string, o) =>
      act(o, (s) =>
        uploadSet(s, dir, repo, {
          key: o.key,
          hub: o.hub,
          branch: o.branch,
          isPrivate: o.private,
          commitBytes: o.commitMb === undefined ? undefined : o.commitMb * 1_000_000,
        }),
      ),
    );
  const endpoints = program.command('endpoints').description('the endpoint profiles of a workspace');
  const below = (parent: Command, usage: string, about: string, more: { isDefault?: boolean } = {}) =>
    parent
      .command(usage, more)
      .description(about)
      .option('--workspace <dir>', 'folder of the workspace')
      .option('--json', 'print one JSON document');
  below(endpoints, 'list', 'the profiles and what they are for', { isDefault: true }).action((o) => act(o, listEndpoints));
  below(endpoints, 'presets', 'endpoints of the recipes that come with the app').action((o) => act(o, listPresets));
  below(endpoints, 'add <name>', 'add the endpoints of a preset, or of a YAML file with endpoints: and roles:')
    .option('--replace', 'put them in the place of profiles with the same id', false)
    .action((name: string, o) => act(o, (s) => addEndpoints(s, name, o.replace)));
  below(endpoints, 'remove <id>', 'remove a profile').action((id: string, o) => act(o, (s) => removeEndpoint(s, id)));
  below(endpoints, 'probe [id]', 'reach endpoints and check key and models; nothing is paid').action((id: string | undefined, o) =>
    act(o, (s) => probeEndpoints(s, id)),
  );
  below(endpoints, 'test <id> [role]', 'ask small questions in each role and look at the answers; costs what such calls cost').action(
    (id: string, role: string | undefined, o) => act(o, (s) => testEndpoint(s, id, role)),
  );
  const key = program.command('key').description('keys of endpoints, in the key store of this machine');
  below(key, 'list', 'names of the keys that are stored').action((o) => act(o, listKeys));
  below(key, 'set <name>', 'store a key; it is read from standard input').action((name: string, o) => act(o, (s) => setKey(s, name)));
  below(key, 'remove <name>', 'remove a key').action((name: string, o) => act(o, (s) => removeKey(s, name)));

  command('calibrate', 'learn a local validator from scores that are there')
    .option('--from <source>', 'ratings (of people), decisions (accept, reject), or a run, whose validator it learns from', 'ratings')
    .option('--name <name>', 'its name; every fit gets the next number', 'local')
    .option('--plot <file>', 'draw it: expected against given scores, and what counts most (SVG)')
    .action((o) => act(o, (session) => calibrate(session, o.from, o.name, o.plot)));
  const calibrations = program.command('calibrations').description('local validators of the workspace');
  below(calibrations, 'list', 'all of them, with how well they do', { isDefault: true }).action((o) => act(o, listCalibrations));
  below(calibrations, 'show <id>', 'what one learned from, its errors, and what counts most')
    .option('--plot <file>', 'draw it as SVG')
    .action((id: string, o) => act(o, (s) => showCalibration(s, id, o.plot)));
  below(calibrations, 'import <file>', 'take over one of another workspace').action((file: string, o) =>
    act(o, (s) => takeCalibration(s, file)),
  );

  const gpu = program.command('gpu').description('where local models run on this machine, and why');
  below(gpu, 'show', 'the provider that is used, and why others are not', { isDefault: true }).action((o) =>
    act(o, (s) => showGpu(s, false)),
  );
  below(gpu, 'test', 'try every provider again with a known-answer graph').action((o) => act(o, (s) => showGpu(s, true)));
  below(gpu, 'order [providers]', 'providers in the order to try, for example webgpu,cpu; "default" is the platform\'s own').action(
    (providers: string | undefined, o) => act(o, (s) => orderProviders(s, providers)),
  );
  below(gpu, 'install', 'fetch the CUDA provider (Linux x64, NVIDIA); says what that is and asks first')
    .option('--yes', 'do not ask', false)
    .action((o) => act(o, (s) => installGpu(s, o.yes)));

  const models = program.command('models').description('models that score pictures on this machine');
  below(models, 'list', 'what there is, and what of it is here', { isDefault: true }).action((o) => act(o, listModels));
  below(models, 'licence <id>', 'the licence of a model; nothing is fetched before it is accepted')
    .option('--accept', 'it was read and is accepted', false)
    .action((id: string, o) => act(o, (s) => modelLicence(s, id, o.accept)));
  below(models, 'get <id>', 'fetch what is missing of a model; started again, it goes on where it was')
    .option('--trust', 'take files whose SHA-256 nobody knows as they come, this once; their hash is kept', false)
    .option('--sha256 <name=hash>', 'the hash a file must have; may be given for each file', hashPair)
    .action((id: string, o) => act(o, (s) => getModel(s, { id, trust: o.trust, sha256: o.sha256 ?? {} })));
  below(models, 'import <id> <path>', 'take in a file, or a folder of files, that came another way').action((id: string, path: string, o) =>
    act(o, (s) => importModel(s, id, path)),
  );
  below(models, 'hub [url]', 'where models come from: the hub, or a mirror of its layout')
    .option('--key <ref>', 'where its token is: env:NAME, stored:NAME or file:PATH (mode 600); none = no token')
    .action((url: string | undefined, o) => act(o, (s) => modelHub(s, url, o.key)));
  below(models, 'remove <id>', 'remove a model from this machine').action((id: string, o) => act(o, (s) => removeModel(s, id)));

  command('doctor', 'look at everything a run needs on this machine')
    .option(
      '--endpoints [recipe]',
      'look at the endpoints too: those of the workspace, or of a recipe (a file or a template); nothing is paid',
    )
    .option('--yes', 'with --endpoints: run the self-tests too, for at most the price that is shown', false)
    .addHelpText(
      'after',
      '\nOf each endpoint: is it reached and how fast, is its key found and taken, does it list the models, when do they go away, what can a\ncall cost. Self-tests send small pictures and questions in every role and look at the answers. Exit code 1 when something is wrong.',
    )
    .action((o) => act(o, (session) => runDoctor(session, { endpoints: o.endpoints ?? false, yes: o.yes })));

  command('serve', 'the app in a browser')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <n>', 'port; 0 takes a free one', portNumber, 8787)
    .option('--public-origin <url>', 'the address people type when it is another one')
    .option('--resume-interrupted', 'go on at once with runs a crash interrupted', false)
    .addHelpText('after', '\nNHR_TOKEN sets the token of the address (at least 32 characters); a random one otherwise.')
    .action((o) =>
      act(o, (s) => serve(s, { host: o.host, port: o.port, publicOrigin: o.publicOrigin, resumeInterrupted: o.resumeInterrupted })),
    );

  return program;
}

function gateProfile(text: string): GateProfile {
  const profile = GateProfile.safeParse(text);
  if (profile.success) return profile.data;
  throw new InvalidArgumentError(`one of ${GateProfile.options.join(', ')} is wanted.`);
}

/** NAME=HASH pairs, gathered. */
function hashPair(text: string, before: Record<string, string> = {}): Record<string, string> {
  const [, name, hash] = /^([\w.-]+)=([0-9a-fA-F]{64})$/.exec(text) ?? [];
  if (name === undefined || hash === undefined)
    throw new InvalidArgumentError('NAME=HASH is wanted, the hash being 64 hexadecimal digits.');
  return { ...before, [name]: hash };
}

function columnPairs(text: string): ImportColumns {
  const pairs = text.split(',').map((pair) => pair.split('=').map((part) => part.trim()));
  const columns = ImportColumns.safeParse(Object.fromEntries(pairs));
  if (columns.success && pairs.every((pair) => pair.length === 2)) return columns.data;
  throw new InvalidArgumentError(`NAME=COLUMN pairs are wanted; names are ${ImportColumn.options.join(', ')}.`);
}

function budgetOptions(command: Command): Command {
  return command
    .option('--budget-attempts <n>', 'at most so many attempts', positiveInt)
    .option('--budget-usd <x>', 'at most so many US dollars', positive)
    .option('--budget-gpu-s <s>', 'at most so many GPU seconds', positive)
    .option('--budget-api-s <s>', 'at most so many API seconds', positive)
    .option('--budget-wall-s <s>', 'at most so many seconds of wall time', positive);
}

type BudgetFlags = { budgetAttempts?: number; budgetUsd?: number; budgetGpuS?: number; budgetApiS?: number; budgetWallS?: number };

function budgetFrom(o: BudgetFlags) {
  return {
    ...(o.budgetAttempts === undefined ? {} : { attempts: o.budgetAttempts }),
    ...(o.budgetUsd === undefined ? {} : { usd: o.budgetUsd }),
    ...(o.budgetGpuS === undefined ? {} : { gpuSeconds: o.budgetGpuS }),
    ...(o.budgetApiS === undefined ? {} : { apiSeconds: o.budgetApiS }),
    ...(o.budgetWallS === undefined ? {} : { wallSeconds: o.budgetWallS }),
  };
}

/** A parser of option values: a number in a range, or a sentence that says what would be right. */
function numberIn(from: number, to: number, whole: boolean, sentence: string) {
  return (text: string): number => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (!(value >= from && value <= to) || (whole && !Number.isSafeInteger(value))) throw new InvalidArgumentError(sentence);
    return value;
  };
}

const positiveInt = numberIn(1, Number.MAX_SAFE_INTEGER, true, 'It must be a whole number from 1 on.');
const wholeNumber = numberIn(0, Number.MAX_SAFE_INTEGER, true, 'It must be a whole number from 0 on.');
const variantCount = numberIn(1, 16, true, 'It must be a whole number from 1 to 16.');
const editSeed = numberIn(1, 1_000_000, true, 'It must be a whole number from 1 to 1000000.');
const positive = numberIn(Number.MIN_VALUE, Number.MAX_VALUE, false, 'It must be a number over 0.');
const portNumber = numberIn(0, 65535, true, 'It must be a port from 0 to 65535.');
