import { auditShares } from '../../../src/main/engine/domain/audit.ts';
import type { AuditItem, AuditView } from '../../../src/shared/model/audit.ts';
import type { GateTally, RejectDecision, RejectFilter, RejectSort, RejectView } from '../../../src/shared/model/rejects.ts';
import type { Sibling } from '../../../src/shared/model/triplet.ts';
import { NOW } from './data.ts';
import { fakeHash } from './pictures.ts';

const GATES = [
  { stage: 'lowLevel', reason: 'noChange' },
  { stage: 'softJudge', reason: 'lowAdherence' },
  { stage: 'validator', reason: 'lowBoth' },
] as const;

function aReject(id: number): RejectView {
  const { stage, reason } = GATES[id % 3]!;
  return {
    id,
    runId: 'run-1',
    jobIndex: id,
    sourceHash: fakeHash(id, 0),
    editedHash: fakeHash(id, 1),
    instruction: `Paint the door of house ${id} green`,
    category: 'Object color',
    seed: id * 7,
    state: 'rejected',
    stage,
    reason,
    scores: stage === 'validator' ? { adherence: 3 + (id % 7) / 10, aesthetics: 4.4 } : null,
    softScores: null,
    lowLevel: null,
    usd: 0,
    ms: 900,
    endedAt: NOW,
    width: 640,
    height: 480,
    decision: null,
    tags: [],
    note: '',
    tripletId: null,
  };
}

/** Two other tries at the same <source, instruction>. */
const siblingsOf = (id: number): Sibling[] =>
  [2, 3].map((n) => ({
    attemptId: 1000 * n + id,
    editedHash: fakeHash(id, n),
    seed: n,
    state: 'rejected',
    stage: 'softJudge',
    reason: 'lowAdherence',
    scores: null,
  }));

/** Ninety rejected candidates of run-1, in memory. */
export function createFakeRejects() {
  let all = Array.from({ length: 90 }, (_, i) => aReject(90 - i));
  const lists = new Map<string, number[]>();
  const found = (filter: RejectFilter, sort: RejectSort) => {
    const items = all
      .filter((r) => (!filter.runId || r.runId === filter.runId) && (!filter.stage || r.stage === filter.stage))
      .filter((r) => (!filter.reason || r.reason === filter.reason) && (!filter.decision || (r.decision ?? 'none') === filter.decision))
      .filter((r) => !filter.category || r.category === filter.category)
      .filter((r) => !filter.tag || r.tags.includes(filter.tag))
      .filter((r) => !filter.text || r.instruction.includes(filter.text));
    const scoreOf = (r: RejectView) => (r.scores ? r.scores.adherence * r.scores.aesthetics : 0);
    return sort === 'score' ? items.sort((x, y) => scoreOf(y) - scoreOf(x) || y.id - x.id) : items;
  };
  return {
    gates: (runId: string | undefined): GateTally[] =>
      runId !== undefined && runId !== 'run-1'
        ? []
        : GATES.map((gate) => {
            const here = all.filter(({ stage }) => stage === gate.stage);
            const said = (wanted: string) => here.filter(({ decision }) => decision === wanted).length;
            return { ...gate, rejected: here.length, keep: said('keep'), right: said('right') };
          }),
    categories: () => [{ category: 'Object color', count: all.length }],
    count: (filter: RejectFilter) => ({ count: found(filter, 'newest').length, exact: true }),
    page: ({ filter, sort, limit }: { filter: RejectFilter; sort: RejectSort; limit: number }) => {
      const items = found(filter, sort);
      return { items: items.slice(0, limit), next: items.length > limit ? String(limit) : null };
    },
    list({ filter, sort }: { filter: RejectFilter; sort: RejectSort }) {
      const list = `rejects-${lists.size + 1}`;
      const ids = found(filter, sort).map(({ id }) => id);
      lists.set(list, ids);
      return { list, count: ids.length };
    },
    rows: ({ list, from, limit }: { list: string; from: number; limit: number }) => ({
      items: (lists.get(list) ?? []).slice(from, from + limit).map((id) => all.find((r) => r.id === id)!),
    }),
    place({ list, id }: { list: string; id: number }) {
      const place = lists.get(list)?.indexOf(id) ?? -1;
      return { place: place < 0 ? null : place };
    },
    get: (id: number) => {
      const reject = all.find((r) => r.id === id) ?? aReject(id);
      return { ...reject, style: 'standard', prompt: 'A street of old houses', signals: null, verdicts: [], siblings: siblingsOf(id) };
    },
    decide(ids: readonly number[], decision: RejectDecision, tags: string[] = []): RejectView[] {
      all = all.map((r) =>
        ids.includes(r.id)
          ? { ...r, decision: decision === 'clear' ? null : decision, tags, tripletId: decision === 'keep' ? 9000 + r.id : r.tripletId }
          : r,
      );
      return all.filter(({ id }) => ids.includes(id));
    },
  };
}

/** Audits in memory; the sample is the first triplets. */
export function createFakeAudits() {
  const audits: { audit: AuditView; items: AuditItem[] }[] = [];
  const find = (id: number) => audits.find(({ audit }) => audit.id === id)!;
  return {
    list: () => audits.map(({ audit }) => audit).reverse(),
    start(input: Pick<AuditView, 'name' | 'size' | 'seed' | 'filter'>): AuditView {
      const audit = { ...input, id: audits.length + 1, population: 640, answered: 0, createdAt: NOW, endedAt: null };
      const items = Array.from({ length: input.size }, (_, index) => ({
        index,
        sourceHash: fakeHash(index, 0),
        editedHash: fakeHash(index, 1),
        width: 640,
        height: 480,
        instruction: `Remove the ball number ${index + 1}`,
        tags: null,
        note: '',
      }));
      audits.push({ audit, items });
      return audit;
    },
    get: find,
    answer(id: number, index: number, tags: string[], note: string): AuditView {
      const found = find(id);
      found.items = found.items.map((item) => (item.index === index ? { ...item, tags, note } : item));
      const answered = found.items.filter((item) => item.tags !== null).length;
      found.audit = { ...found.audit, answered, endedAt: answered === found.items.length ? NOW : null };
      return found.audit;
    },
    result(id: number) {
      const { items } = find(id);
      const answers = items.flatMap(({ tags }) => (tags ? [tags] : []));
      const issues = items.flatMap(({ index, tags, note }) => (tags?.length ? [{ index, tripletId: 640 - index, tags, note }] : []));
      return { shares: auditShares(answers), issues };
    },
    record: (id: number, format: string) => ({ name: `audit-${id}.${format}`, text: JSON.stringify(find(id)) }),
  };
}
