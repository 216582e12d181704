import type { Budget } from '../../../shared/model/recipe.ts';
import type { RunProgress } from '../../../shared/model/run.ts';
import { text } from '../../text.ts';
import { count, duration, usd } from '../../ui/format.ts';

/** Money, attempts and machine time against their limits. In the bar: what is settled, in flight, and perhaps charged. */
export function SpendMeter({ progress, budget = {}, demo }: { progress: RunProgress; budget?: Budget | undefined; demo: boolean }) {
  const { spend } = progress;
  const inFlight = Math.max(0, progress.attemptsClaimed - progress.attemptsDone);
  return (
    <div className="nhr-meters">
      <Meter
        label={text.run.money}
        value={usd(spend.usdSettled + spend.usdReserved + spend.usdUnknown)}
        cap={budget.usd}
        show={usd}
        parts={[
          { name: text.run.settled, amount: spend.usdSettled },
          { name: text.run.reserved, amount: spend.usdReserved },
          { name: text.run.unknown, amount: spend.usdUnknown },
        ]}
      />
      <Meter
        label={text.run.attempts}
        value={count(progress.attemptsDone)}
        cap={budget.attempts}
        show={count}
        parts={[
          { name: '', amount: progress.attemptsDone },
          { name: text.run.reserved, amount: inFlight },
        ]}
      />
      <Meter
        label={text.run.gpu}
        value={duration(spend.gpuSeconds)}
        cap={budget.gpuSeconds}
        show={duration}
        parts={[{ name: '', amount: spend.gpuSeconds }]}
      />
      <Meter
        label={text.run.api}
        value={duration(spend.apiSeconds)}
        cap={budget.apiSeconds}
        show={duration}
        parts={[{ name: '', amount: spend.apiSeconds }]}
      />
      <Meter
        label={text.run.wall}
        value={duration(spend.wallSeconds)}
        cap={budget.wallSeconds}
        show={duration}
        parts={[{ name: '', amount: spend.wallSeconds }]}
      />
      <p className="nhr-quiet">
        {progress.triplets > 0 && `${text.figures.figures.perTriplet}: ${usd(spend.usdSettled / progress.triplets)} · `}
        {text.run.calls}: {count(spend.calls)} · {text.run.retries}: {count(progress.retries)}
        {spend.reused > 0 && ` · ${text.run.reused}: ${count(spend.reused)}`}
        {progress.overWorst > 0 && ` · ${text.run.overWorst}: ${count(progress.overWorst)}`}
        {demo && ` · ${text.run.playMoney}`}
      </p>
      {progress.lossyEdits > 0 && (
        <p className="nhr-quiet" role="note">
          {text.run.lossyEdits(count(progress.lossyEdits))}
        </p>
      )}
      {progress.fitted.aligned + progress.fitted.resampled > 0 && (
        <p className="nhr-quiet" role="note">
          {text.run.fitted(count(progress.fitted.aligned), count(progress.fitted.resampled))}
        </p>
      )}
      {progress.otherModels.map(({ asked, answered, calls }) => (
        <p key={`${asked} ${answered}`} className="nhr-quiet" role="note">
          {text.run.otherModel(asked, answered, count(calls))}
        </p>
      ))}
    </div>
  );
}

interface MeterProps {
  label: string;
  value: string;
  cap: number | undefined;
  show(amount: number): string;
  /** In the order of the bar; a part without a name is the plain value and is not spelled out. */
  parts: { name: string; amount: number }[];
}

const TONES = ['settled', 'reserved', 'unknown'];

function Meter({ label, value, cap, show, parts }: MeterProps) {
  const named = parts.filter((part) => part.name !== '' && part.amount > 0);
  const reading = cap === undefined ? `${value}, ${text.run.noCap}` : text.run.of(value, show(cap));
  return (
    <div className="nhr-meter">
      <div className="nhr-meter-line">
        <span>{label}</span>
        <span className="nhr-quiet nhr-meter-parts">{named.map((part) => `${show(part.amount)} ${part.name}`).join(' · ')}</span>
        <b>{value}</b>
        <span className="nhr-quiet nhr-meter-cap">{cap === undefined ? text.run.noCap : `/ ${show(cap)}`}</span>
      </div>
      <div className="nhr-meter-bar" data-capless={cap === undefined || undefined} role="img" aria-label={`${label}: ${reading}`}>
        {cap !== undefined &&
          parts.map((part, i) => (
            <span key={part.name} data-tone={TONES[i]} style={{ width: `${Math.min(100, (part.amount / cap) * 100)}%` }} />
          ))}
      </div>
    </div>
  );
}
