import { formatCount } from '../../../shared/count.ts';
import { formatChange, formatMoney, formatPercent, formatTable } from '../format.ts';
import { describeState, findRun, formatRunReport, readRunReport } from '../runReport.ts';
import { type Session, withEngine } from '../session.ts';

/** `nhr runs`: the runs of a workspace, newest first. */
export function listRuns(session: Session): Promise<void> {
  return withEngine(session, false, async (client) => {
    const runs = [...(await client.runs.list())].sort((a, b) => b.createdAt - a.createdAt);
    session.result({ workspace: session.workspaceDir, runs }, () => {
      if (runs.length === 0) return ['No run yet: nhr mine starts one.'];
      const rows = runs.map((run) => [
        run.id,
        run.name,
        describeState(run),
        formatCount(run.attemptsDone),
        formatCount(run.triplets),
        formatMoney(run.usdSettled),
        new Date(run.createdAt).toISOString().slice(0, 16).replace('T', ' '),
      ]);
      const head = ['Run', 'Name', 'State', 'Attempts', 'Triplets', 'Spent', 'Started (UTC)'];
      return formatTable([head, ...rows], [3, 4, 5], session.style, session.width);
    });
  });
}

/** `nhr stats RUN`: funnel, survival, difficulty, spend, errors, hash. */
export function showStats(session: Session, text: string): Promise<void> {
  return withEngine(session, false, async (client) => {
    const { id: runId } = await findRun(client, text);
    const report = await readRunReport(client, runId);
    const survival = await client.runs.survival({ runId });
    const difficulty = await client.runs.difficulty({ runId });
    const unknownCalls = (await client.runs.unknownCalls()).filter((call) => call.runId === runId);
    session.result({ ...report, survival, difficulty, unknownCalls }, () => {
      const curve = survival.points.filter((point) => point.t >= 4);
      const rows = curve.map((point, at) => {
        const before = curve[at - 1]?.share;
        return [
          point.t.toFixed(1),
          formatCount(point.count),
          formatPercent(point.share),
          before ? formatChange(point.share / before - 1) : '',
        ];
      });
      const suggested =
        survival.suggested === null
          ? 'no threshold suggested: fewer than two knees'
          : `suggested threshold ${survival.suggested.toFixed(1)}`;
      const hardest = [...difficulty].sort((a, b) => a.successRate - b.successRate);
      const effort = hardest.map((row) => [
        row.category,
        formatCount(row.attempts),
        `${formatCount(row.solved)}/${formatCount(row.groups)}`,
        formatPercent(row.successRate),
        row.meanAttemptsToSuccess === null ? '' : row.meanAttemptsToSuccess.toFixed(1),
      ]);
      const { style, width } = session;
      return [
        ...formatRunReport(report, style, width),
        '',
        `Survival: share of validated candidates with both scores at or over T; ${suggested}`,
        ...formatTable([['T', 'Count', 'Share', 'Change'], ...rows], [0, 1, 2, 3], style, width),
        '',
        'Difficulty, hardest first',
        ...formatTable([['Operation', 'Attempts', 'Solved', 'Success', 'Attempts until it worked'], ...effort], [1, 2, 3, 4], style, width),
        ...(unknownCalls.length === 0
          ? []
          : [
              '',
              `${formatCount(unknownCalls.length)} calls may have been charged without an answer: nhr resume ${runId} --ask-again sends them again.`,
            ]),
      ];
    });
  });
}

/** `nhr hash RUN`: one hash over the set a run mined. */
export function showHash(session: Session, text: string): Promise<void> {
  return withEngine(session, false, async (client) => {
    const { id } = await findRun(client, text);
    const { hash, triplets } = await client.runs.datasetHash({ runId: id });
    session.result({ run: id, hash, triplets }, () => [`${hash}  ${formatCount(triplets)} triplets  ${id}`]);
  });
}
