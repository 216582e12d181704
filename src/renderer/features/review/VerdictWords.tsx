import { z } from 'zod';
import type { Verdict } from '../../../shared/model/attempt.ts';
import { text } from '../../text.ts';
import { percent } from '../../ui/format.ts';

const t = text.compare.reading;
const Line = z.object({ text: z.string(), confidence: z.number() });
const Reading = z.object({
  wanted: z.array(z.string()),
  gone: z.array(z.string()),
  source: z.array(Line),
  edited: z.array(Line),
});

/** What a judge said, as it said it; of the text reader, what was asked for and what it read in both pictures. */
export function VerdictWords({ verdict }: { verdict: Verdict }) {
  if (verdict.raw === '') return null;
  const reading = verdict.stage === 'textCheck' ? readingOf(verdict.raw) : null;
  if (reading === 'noText') return <p className="nhr-quiet">{t.noText}</p>;
  if (reading === null) return <pre>{verdict.raw}</pre>;
  const lines: [string, string][] = [
    [t.wanted, reading.wanted.join(', ')],
    [t.gone, reading.gone.join(', ')],
    [t.source, said(reading.source)],
    [t.edited, said(reading.edited)],
  ];
  return (
    <dl className="nhr-facts">
      {lines
        .filter(([, words]) => words !== '')
        .map(([name, words]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{words}</dd>
          </div>
        ))}
    </dl>
  );
}

function said(lines: z.infer<typeof Line>[]): string {
  return lines.length === 0 ? t.nothing : lines.map((line) => `${line.text} (${percent(line.confidence, 0)})`).join(', ');
}

/** Null for words of another form, which are then shown as they are. */
function readingOf(raw: string): z.infer<typeof Reading> | 'noText' | null {
  try {
    const data: unknown = JSON.parse(raw);
    if (typeof data === 'object' && data !== null && 'skipped' in data) return 'noText';
    return Reading.safeParse(data).data ?? null;
  } catch {
    return null;
  }
}
