import type { Estimate } from '../../../shared/model/estimate.ts';
import type { Role } from '../../../shared/model/provider.ts';
import { StageName } from '../../../shared/model/recipe.ts';
import { text } from '../../text.ts';
import { count, duration, percent, usd } from '../../ui/format.ts';
import { Stat } from '../../ui/Parts.tsx';

const t = text.figures.estimate;

/** What a recipe will probably give and cost, how sure that is, and the rates it is made of. */
export function EstimateView({ estimate, usdBound }: { estimate: Estimate; usdBound: number }) {
  const { triplets, wallSeconds, unknownSpeed, usdPerTriplet } = estimate;
  const sure = triplets.low === null || triplets.high === null ? t.noInterval : t.interval(count(triplets.low), count(triplets.high));
  const roles = unknownSpeed.map((role: Role) => text.figures.role[role]).join(', ');
  return (
    <section className="nhr-estimate" aria-label={t.title}>
      <h3>{t.title}</h3>
      <dl className="nhr-stats nhr-plan-stats">
        <Stat label={t.triplets} value={`≈ ${count(triplets.value)}`} about={sure} />
        <Stat label={t.usd} value={`≈ ${usd(estimate.usd)}`} about={t.atMost(usd(usdBound))} />
        <Stat label={t.perTriplet} value={usdPerTriplet === null ? '–' : `≈ ${usd(usdPerTriplet)}`} />
        <Stat label={t.images} value={`≈ ${count(estimate.images)}`} about={t.plausible(count(estimate.plausible))} />
        <Stat label={t.attempts} value={`≈ ${count(estimate.attempts)}`} about={estimate.endsBy ? t.endsBy[estimate.endsBy] : t.all} />
        <Stat
          label={t.wall}
          value={wallSeconds === null ? t.unknownTime : `≈ ${duration(wallSeconds)}`}
          about={wallSeconds === null ? t.unknownTimeAbout(roles) : `${t.gpu} ≈ ${duration(estimate.gpuSeconds)}`}
        />
      </dl>
      <p className="nhr-quiet">{estimate.runs.length > 0 ? t.runs(estimate.runs.map(({ name }) => name).join(', ')) : t.noRuns}</p>
      <details>
        <summary>{t.rates}</summary>
        <table className="nhr-table" aria-label={t.rates}>
          <thead>
            <tr>
              <th>{t.rateColumns.step}</th>
              <th className="nhr-num">{t.rateColumns.rate}</th>
              <th>{t.rateColumns.from}</th>
            </tr>
          </thead>
          <tbody>
            {estimate.rates.map(({ key, rate, from, of }) => (
              <tr key={key}>
                <td>{stageName(key)}</td>
                <td className="nhr-num">{percent(rate)}</td>
                <td>{from === 'measured' ? t.from.measured(count(of)) : t.from[from]}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
      <details>
        <summary>{t.calls}</summary>
        <table className="nhr-table" aria-label={t.calls}>
          <thead>
            <tr>
              <th>{t.columns.role}</th>
              <th className="nhr-num">{t.columns.calls}</th>
              <th className="nhr-num">{t.columns.usd}</th>
              <th className="nhr-num">{t.columns.seconds}</th>
              <th>{t.columns.price}</th>
            </tr>
          </thead>
          <tbody>
            {estimate.calls.map((call) => (
              <tr key={call.role}>
                <td>{text.figures.role[call.role]}</td>
                <td className="nhr-num">{count(call.calls)}</td>
                <td className="nhr-num">{usd(call.usd)}</td>
                <td className="nhr-num">{call.secondsPerCall === null ? '–' : call.secondsPerCall.toFixed(1)}</td>
                <td>{t.price[call.price]}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </section>
  );
}

/** The English name of a stage; an unknown one is shown as it came. */
export function stageName(stage: string): string {
  const known = StageName.safeParse(stage);
  return known.success ? text.stage[known.data] : stage;
}
